"""The files that a person is handed with all that is kept about them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.presentation.export.export_files import as_html, as_json
from gateway.presentation.texts.texts import Texts
from schema.account.export import (
    KeptAnalysis,
    KeptAnswer,
    KeptChange,
    KeptDenial,
    KeptEvidence,
    KeptLayerEvidence,
    KeptLook,
    KeptMessage,
    KeptPerson,
    KeptQuestion,
    KeptSession,
    KeptTrait,
    KeptValue,
    KeptVector,
    PersonExport,
)
from schema.account.kept_memory import KeptBlock, KeptInsight, KeptInsightLook, KeptMemory, KeptSummary
from schema.account.kept_talks import (
    KeptAgreement,
    KeptContact,
    KeptMark,
    KeptRecall,
    KeptSaid,
    KeptStyleWish,
    KeptTalk,
)
from schema.coaching.agreements import AgreementStatus
from schema.coaching.marks import ReplyMark
from schema.coaching.wishes import StyleWish
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Evolution, Locale, Status, Strategy, Trait

each_locale = pytest.mark.parametrize("locale", Locale)
EVENING = datetime(2026, 11, 20, 23, 50, tzinfo=UTC)
HOSTILE = (
    '<script>alert(1)</script> </blockquote> "\'&amp; {{ say("x") }} {% endif %} שלום \u202e مرحبا 🌊\n\nвторой абзац'
)


def after(minutes: int) -> datetime:
    return EVENING + timedelta(minutes=minutes)


def answer(text: str, *, analyst: str | None = "offline", crisis: CrisisKind | None = None) -> KeptAnswer:
    return KeptAnswer(
        answer_id="a1",
        answered_at=after(2),
        messages=[KeptMessage(text=text, heard_at=after(2), position=1, update_id="77")],
        language=Locale.EN,
        words=4,
        addendum=False,
        crisis=crisis,
        objected_at=None,
        vector=KeptVector(said_at=after(2), waits_since=None, collection="said-1", indexed_at=after(3)),
        analysis=analyst
        and KeptAnalysis(
            analyst=analyst,
            analysed_at=after(3),
            sentiment=-0.6,
            patterns=["putting off"],
            insight="You look before you leap.",
            breakthrough=True,
            crisis=None,
            evidence=[
                KeptEvidence(
                    trait=Trait.OPENNESS,
                    facet="ideas",
                    score=0.9,
                    confidence=0.3,
                    quote="the lamp <turns>",
                    direction="high",
                    position=0,
                )
            ],
            layer_evidence=[
                KeptLayerEvidence(
                    layer="signature",
                    name="thinking_style",
                    way="imaginative",
                    score=1,
                    confidence=0.2,
                    quote="a picture of it",
                    direction=None,
                    position=0,
                )
            ],
        ),
    )


def question(*answers: KeptAnswer) -> KeptQuestion:
    return KeptQuestion(
        question_id="work-surface-01",
        asked_at=after(1),
        position=0,
        strategy=Strategy.ENTRY,
        text={Locale.RU: "Куда вы пойдёте?", Locale.EN: "Where do you go?"},
        domain=Domain.WORK,
        depth=Depth.SURFACE,
        energy=Energy.OPENING,
        answers=list(answers),
    )


def session(*questions: KeptQuestion, status: Status = Status.COMPLETED) -> KeptSession:
    return KeptSession(
        session_id="s1", status=status, opened_at=EVENING, closed_at=after(20), questions=list(questions)
    )


def change(trait: Trait, old: float | None, new: float) -> KeptChange:
    return KeptChange(
        layer="big_five",
        name=trait,
        answer_id="a1",
        changed_at=after(3),
        old_score=old,
        new_score=new,
        confidence=0.3,
        significant=new - (old or 0.5) > 0.2,
        history_position=1,
        trigger_kind="answer",
        old_way=None,
        new_way=None,
    )


def of_somebody(*sessions: KeptSession) -> PersonExport:
    return PersonExport(
        user_ref="k3j2h4g5k6j7h8g9",
        exported_at=after(600),
        person=KeptPerson(consented_at=EVENING, readers=["Acme & Sons"], locale=Locale.EN, trust_points=3.5),
        sessions=list(sessions),
        talks=[
            KeptTalk(
                conversation_id="c",
                began_at=after(20),
                messages=[
                    KeptSaid(
                        message_id="m",
                        speaker="coach",
                        text="What holds you there?",
                        said_at=after(21),
                        language=Locale.EN,
                        crisis=None,
                        update_id=None,
                        reply_id=None,
                        coach="offline",
                        moves=["work.what"],
                        rests_on=[KeptRecall(part="messages", ids=["n"], tokens=12)],
                        wishes=[
                            KeptStyleWish(
                                wish_id="w",
                                wish=StyleWish.SHORTER,
                                quote="Shorter, please.",
                                wished_at=after(21),
                                dropped_at=after(25),
                            )
                        ],
                        marks=[KeptMark(mark=ReplyMark.MISSED, marked_at=after(22), update_id="7", reply_id="o")],
                    )
                ],
                summary=KeptSummary(text="I like it there.", up_to="m", summed_up_at=after(22)),
            )
        ],
        memories=[
            KeptMemory(
                memory_id="o",
                kind="fact",
                text="I live in Leeds",
                quote="I live in Leeds",
                told_in="m",
                message_id="m",
                position=0,
                confirmed_by=["n"],
                confidence=0.7,
                extractor="offline",
                learnt_at=after(20),
                closed_at=after(30),
                true_from=None,
                true_to=EVENING.date(),
                replaced_by="p",
                last_used_at=None,
                vector=None,
            )
        ],
        insights=[
            KeptInsight(
                insight_id="i",
                text="On different days you came back to your work.",
                gist="work",
                quotes=["I like it there.", "I live in Leeds"],
                sources=["m", "n"],
                writer="offline",
                made_at=after(24),
                told_in="m",
                shown_at=after(25),
                denied_at=after(26),
            )
        ],
        insight_look=KeptInsightLook(look_id="k", looked_at=after(24)),
        in_mind=[KeptBlock(block="who", text="I live in Leeds", rebuilt_at=after(23))],
        agreements=[
            KeptAgreement(
                agreement_id="g",
                reply_id="m",
                what="call my brother",
                why="",
                meant_for="on Sunday",
                notice="",
                status=AgreementStatus.FAILED,
                update_id="u",
                proposed_at=after(22),
                agreed_at=after(23),
                due_at=after(30),
                asked_at=after(31),
                answered_at=after(32),
            )
        ],
        contact=KeptContact(
            time_zone="Europe/Lisbon",
            zone_asked_about="g",
            quiet=True,
            wakes_at=9,
            sleeps_at=21,
            update_id="u",
        ),
        profile=[
            KeptTrait(
                trait=trait,
                score=0.9,
                confidence=0.3,
                evidence=2,
                evolution=evolution,
                updated_at=after(3),
            )
            for trait, evolution in zip(Trait, Evolution, strict=True)
        ],
        layers=[
            KeptValue(
                layer="core_dynamics",
                name="resilience",
                way=None,
                score=0.7,
                leads=None,
                confidence=0.4,
                evidence=3,
                skips=None,
                evolution=Evolution.STABLE,
                updated_at=after(3),
            )
        ],
        vector=KeptVector(waits_since=after(4), collection="profiles-1", indexed_at=after(3)),
        denials=[KeptDenial(layer="signature", name="love_language", denied_at=after(4))],
        changes=[change(trait, *scores) for trait in Trait for scores in ((None, 0.55), (0.55, 0.9))],
        looks=[
            KeptLook(look_id=f"l{minutes}", looked_at=after(minutes), reason="The summary never came")
            for minutes in (5, 6, 30, 90)
        ],
        records={"telegram_system.sends": [{"delivery_key": "d:1", "state": "sent", "message_id": None}]},
    )


NOTHING = PersonExport(
    user_ref="nobody", exported_at=EVENING, person=None, sessions=[], profile=[], looks=[], records={}
)


class Page(HTMLParser):
    """A page as a browser takes it apart."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.read: list[str] = []
        self._open: list[str] = []
        self.feed(html.decode())
        assert self._open == [], "a tag is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in {"style", "title"}:
            self.read.append(data)

    @property
    def text(self) -> str:
        """What is read, with spaces as they are shown."""
        return " ".join("".join(self.read).split())


def page(export: PersonExport, locale: Locale) -> Page:
    return Page(as_html(export, Texts(locale)))


@each_locale
def test_a_person_reads_their_answers_what_was_read_in_them_and_their_portrait(locale: Locale) -> None:
    texts = Texts(locale)
    read = page(of_somebody(session(question(answer("A lighthouse, of course.")))), locale).text
    for shown in (
        {Locale.RU: "Разговор 20 ноября 2026", Locale.EN: "Conversation of November 20, 2026"}[locale],
        {Locale.RU: "Куда вы пойдёте?", Locale.EN: "Where do you go?"}[locale],
        "A lighthouse, of course.",
        "You look before you leap.",
        "putting off",
        "the lamp <turns>",
        texts.say("trait-openness-high"),
        f"{texts.say('dynamic-resilience')}: 70 · {texts.say('confidence-shape')}",
        f"{texts.say('way-thinking-style-imaginative')} a picture of it",
        texts.say("export-mood-dark"),
        texts.say("export-breakthrough"),
        texts.say("export-read-offline"),
        texts.say("profile-sketch"),
        "— → 55",
        "55 → 90",
        "Acme & Sons",
        "k3j2h4g5k6j7h8g9",
        "d:1",
    ):
        assert shown in read
    for trait in Trait:
        assert texts.say(f"trait-{trait}") in read
        assert f"{texts.say(f'trait-{trait}-from')}{texts.say(f'trait-{trait}-to')}" in read


def test_looks_of_one_occasion_are_told_once() -> None:
    page = as_html(of_somebody(), Texts(Locale.EN)).decode()
    assert page.count("The summary never came") == 2


@each_locale
def test_a_time_names_its_day_when_that_is_another_one(locale: Locale) -> None:
    read = page(of_somebody(session(question(answer("Yes.")))), locale).text
    assert "· 23:52" in read or "23:52 ·" in read
    assert {Locale.RU: "— 21 нояб. 2026", Locale.EN: "— 21 Nov 2026"}[locale] in read


@each_locale
def test_a_skipped_an_unread_and_a_hard_answer_are_told_as_such(locale: Locale) -> None:
    texts = Texts(locale)
    hard = answer("It hurts.", analyst="a model", crisis=CrisisKind.ABUSE)
    questions = [question(), question(answer("Not yet.", analyst=None)), question(hard)]
    unknown = KeptQuestion(question_id="gone", answers=[answer("To what?")])
    read = page(of_somebody(session(*questions, unknown)), locale).text
    for key in ("export-not-answered", "export-not-read", "export-crisis", "export-question-gone"):
        assert read.count(texts.say(key)) == 1
    assert texts.say("export-read-by", analyst="a model") in read


@each_locale
@pytest.mark.parametrize("status", Status)
def test_every_way_a_session_can_stand_has_its_words(locale: Locale, status: Status) -> None:
    key = f"export-status-{status.lower().replace('_', '-')}"
    assert Texts(locale).say(key) in page(of_somebody(session(status=status)), locale).text


@each_locale
def test_of_somebody_without_anything_the_page_says_so(locale: Locale) -> None:
    read = page(NOTHING, locale)
    assert Texts(locale).say("export-nothing") in read.text
    assert "dl" not in read.tags
    assert Texts(locale).say("export-erase") not in read.text
    # Nor does it say, anywhere, that something is.
    html = as_html(NOTHING, Texts(locale)).decode()
    assert Texts(locale).say("export-title") not in html
    assert Texts(locale).say("export-about") not in html


@each_locale
def test_of_somebody_who_only_consented_no_answers_are_announced(locale: Locale) -> None:
    texts = Texts(locale)
    consented = of_somebody(session(question())).model_copy(update={"profile": []})
    read = page(consented, locale).text
    assert texts.say("export-about") not in read
    assert texts.say("export-about-no-answers") in read
    assert texts.say("export-about") in page(of_somebody(session(question(answer("Yes.")))), locale).text


@each_locale
def test_what_a_person_wrote_is_shown_and_never_obeyed(locale: Locale) -> None:
    shown = page(of_somebody(session(question(answer(HOSTILE)))), locale)
    assert " ".join(HOSTILE.split()) in shown.text
    assert "script" not in shown.tags
    assert ("dir", "auto") in shown.attributes


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(exclude_characters="\x00", codec="utf-8")))
def test_any_text_stays_what_it_is(text: str) -> None:
    export = of_somebody(session(question(answer(text))))
    usual = page(of_somebody(session(question(answer("Yes.")))), Locale.EN)
    shown = page(export, Locale.EN)
    assert shown.tags == usual.tags
    assert text in "".join(shown.read)
    assert json.loads(as_json(export))["kept"] == export.model_dump(mode="json")


@each_locale
def test_the_page_needs_nothing_from_outside(locale: Locale) -> None:
    html = as_html(of_somebody(session(question(answer("Yes.")))), Texts(locale)).decode()
    shown = page(of_somebody(session(question(answer("Yes.")))), locale)
    assert not {"script", "link", "img", "iframe", "object", "form", "a", "base"} & set(shown.tags)
    assert not {"src", "href", "srcset", "onclick"} & {name for name, _ in shown.attributes}
    assert not re.search(r"https?:|//|url\(|@import", html)
    assert "default-src 'none'" in html
    assert f'<html lang="{locale}">' in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_the_page_holds_no_words_of_its_own() -> None:
    source = (files("gateway.presentation.export") / "page.html.jinja").read_text(encoding="utf-8")
    body = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", source[source.index("<body>") :])
    assert not re.search(r"[A-Za-zА-Яа-яЁё]", re.sub(r"<[^>]*>", "", body))


def keys_of(value: Any, path: str = "") -> set[str]:
    """The keys of a JSON document, as its explanation names them."""
    if isinstance(value, list):
        return {key for item in value for key in keys_of(item, path)}
    if not isinstance(value, dict) or path.endswith((".text", "records")):
        return set()
    found = set()
    for key, inner in value.items():
        name = f"{path}.{key}".strip(".") + ("[]" if isinstance(inner, list) else "")
        found |= {name} | keys_of(inner, name)
    return found


def test_a_talk_with_the_coach_is_on_the_page() -> None:
    page = as_html(of_somebody(), Texts(Locale.EN)).decode()
    assert "What holds you there?" in page
    assert "by the program on our server" in page
    assert "I live in Leeds" in page
    assert "no longer so" in page


def test_the_json_explains_every_key_that_it_has() -> None:
    document = json.loads(as_json(of_somebody(session(question(answer("Да.")), question()))))
    assert keys_of(document["kept"]) == document["keys"].keys()
    assert all(document["keys"].values())


def test_the_json_is_readable_as_it_is() -> None:
    written = as_json(of_somebody(session(question(answer("Да 🌊")))))
    assert '"text": "Да 🌊"' in written.decode()
    assert written.startswith(b'{\n  "keys"')
    assert PersonExport.model_validate(json.loads(written)["kept"]).sessions[0].questions[0].answers[0].words == 4
