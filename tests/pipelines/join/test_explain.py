import pytest

from pipelines.join import Verdict, explain


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict("same", "most", 0.94, 0.7, 6, 0), "94% of its text; 6 figures agree"),
        (Verdict("same", "spread", 0.31, 0.2), "31% of its text, all over it"),
        (Verdict("blocked", "numbers", 0.94, 0.9, 6, 5), "94% of its text; 5 of 6 figures differ"),
        (
            Verdict("blocked", "names", 0.9, 0.8, 0, 0, 4, 3),
            "90% of its text; 3 of 4 exchanged wordings are other names",
        ),
        (
            Verdict("blocked", "body", 0.8, 0.7),
            "80% of its text; each has a long text of its own beside what they share",
        ),
        (Verdict("apart", "little", 0.04, 0.01), "only 4% of its text"),
    ],
)
def test_a_verdict_is_told_in_words(verdict, words):
    assert explain(verdict) == words
