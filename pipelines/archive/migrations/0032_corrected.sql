-- A change is a correction where a person's word made it: the writer says so (write/people.py), not the trigger,
-- which called every change of an article with a correction in force one.
DROP TRIGGER articles_changed;
CREATE TRIGGER articles_changed AFTER UPDATE ON articles
    WHEN (OLD.title, OLD.text, OLD.url, OLD.published, OLD.published_day, OLD.author, OLD.credited_source,
          OLD.credited_source_status, OLD.first_publisher, OLD.first_publisher_status, OLD.disputed, OLD.copies)
    IS NOT (NEW.title, NEW.text, NEW.url, NEW.published, NEW.published_day, NEW.author, NEW.credited_source,
          NEW.credited_source_status, NEW.first_publisher, NEW.first_publisher_status, NEW.disputed, NEW.copies)
BEGIN
    DELETE FROM changes WHERE article_id = NEW.id;
    INSERT INTO changes (article_id, at, change) VALUES (
        NEW.id, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),
        CASE WHEN NEW.copies > OLD.copies THEN 'joined' WHEN NEW.copies < OLD.copies THEN 'split'
             ELSE 'changed' END);
END;
