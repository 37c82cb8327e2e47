"""Documents to a pack: what is taken from each kind of file, and what is done with those that are broken."""

from __future__ import annotations

import json

import pytest

from voiceslm.knowledge import Pack, Pair, Passage
from voiceslm.knowledge.passages import MOST_WORDS, of_markdown, sentences
from voiceslm.knowledge.reading import LARGEST_BYTES, LONGEST_ANSWER, read


@pytest.fixture
def folder(tmp_path):
    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def only(folder):
    pack, faults = read([folder])
    assert not faults, faults
    return pack


class TestMarkdown:
    def test_a_paragraph_is_a_passage_about_its_heading(self, folder):
        pack = only(
            folder(
                shop_dot_md="# The shop\n\nIt is at 14 Mill Lane.\nIt is open.\n\n## Dogs\n\nDogs are *welcome*."
            )
        )
        assert pack.passages == (
            Passage("It is at 14 Mill Lane. It is open.", "The shop", "shop.md#The shop"),
            Passage("Dogs are welcome.", "Dogs", "shop.md#Dogs"),
        )

    def test_list_items_stand_alone(self):
        found = [
            one.text
            for one in of_markdown("- [Tea](x) costs 2 euros.\n- Cake costs 3.\n  With cream.", "a.md")
        ]
        assert found == ["Tea costs 2 euros.", "Cake costs 3. With cream."]

    def test_a_long_paragraph_is_cut_between_sentences(self):
        text = " ".join(f"This is sentence number {number} of the text." for number in range(20))
        found = [one.text for one in of_markdown(text, "a.txt")]
        assert " ".join(found) == text
        assert all(len(one.split()) <= MOST_WORDS for one in found)

    def test_a_sentence_longer_than_a_passage_stays_whole(self):
        (found,) = of_markdown("word " * 100, "a.txt")
        assert len(found.text.split()) == 100

    def test_a_hash_in_code_is_no_heading(self):
        assert {one.heading for one in of_markdown("# Pump\n\n```\n# not this\n```\n\nOutside.", "a.md")} == {
            "Pump"
        }

    def test_dots_inside_a_sentence_end_none(self):
        text = "Dr. Brandt opens at 9.30 a.m. on weekdays. She is e.g. Swiss."
        assert sentences(text) == ["Dr. Brandt opens at 9.30 a.m. on weekdays.", "She is e.g. Swiss."]


class TestHtml:
    def test_what_people_see_is_read_and_nothing_else(self, folder):
        page = "<head><title>x</title></head><script>evil()</script><h2>Hours</h2><p>Open <b>daily</b>.</p><nav>Home</nav>"
        assert only(folder(page_dot_html=page)).passages == (
            Passage("Open daily.", "Hours", "page.html#Hours"),
        )

    def test_broken_html_is_read_as_far_as_it_goes(self, folder):
        assert (
            only(folder(page_dot_htm="<p>Open <b>daily.<div>And &amp; on")).passages[0].text == "Open daily."
        )


class TestPairs:
    def test_csv_and_json_lines_give_pairs_with_their_lines(self, folder):
        pack = only(
            folder(
                a_dot_csv='Question,Answer\nOpen?,"Yes, daily."\n',
                b_dot_jsonl=json.dumps({"q": "Dogs?", "a": "Welcome."}) + "\n\n",
            )
        )
        assert pack.pairs == (Pair("Open?", "Yes, daily.", "a.csv:2"), Pair("Dogs?", "Welcome.", "b.jsonl:1"))

    def test_of_a_question_that_is_given_twice_the_first_answer_counts(self, folder):
        pack = only(folder(a_dot_csv="question,answer\nOpen?,Yes.\nopen?,No.\n"))
        assert [one.answer for one in pack.pairs] == ["Yes."]

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("[1]", "no JSON object"),
            ("{", "no JSON object"),
            ('{"question": "Open?"}', "no answer"),
            (json.dumps({"q": "Open?", "a": "x" * (LONGEST_ANSWER + 1)}), "too long"),
        ],
    )
    def test_a_bad_line_is_named_and_the_rest_is_taken(self, folder, line, why):
        pack, faults = read([folder(a_dot_jsonl=f'{line}\n{{"q": "Dogs?", "a": "Welcome."}}\n')])
        assert [one.question for one in pack.pairs] == ["Dogs?"]
        assert faults[0].file == "a.jsonl:1"
        assert why in faults[0].why


class TestFiles:
    def test_folders_are_read_with_all_below_them_in_order(self, folder):
        pack = only(folder(b__two_dot_md="Two.", a_dot_md="One.", c_dot_jpg=b"\xff\xd8"))
        assert [one.source for one in pack.passages] == ["a.md", "b/two.md"]

    def test_hidden_files_are_left_out(self, tmp_path):
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "notes.md").write_text("Secret.")
        assert only(tmp_path) == Pack()

    @pytest.mark.parametrize(
        ("name", "data", "why"),
        [
            ("a.md", b"\0\1\2", "no text"),
            ("a.md", b"x" * (LARGEST_BYTES + 1), "too large"),
            ("a.xyz", b"x", "not read"),
        ],
    )
    def test_what_cannot_be_taken_is_named(self, tmp_path, name, data, why):
        (tmp_path / name).write_bytes(data)
        pack, faults = read([tmp_path / name])
        assert not pack
        assert (faults[0].file, why in faults[0].why) == (name, True)

    def test_a_file_that_is_not_there_is_named(self, tmp_path):
        _, (fault,) = read([tmp_path / "gone.md"])
        assert "No such file" in fault.why

    def test_an_empty_file_is_nothing_known(self, folder):
        assert not only(folder(a_dot_md="", b_dot_csv="", c_dot_jsonl="", d_dot_html=""))
