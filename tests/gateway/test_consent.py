"""What a person agrees to: the first screen, and the document behind it."""

from __future__ import annotations

import re

import pytest

from gateway.presentation.consent import PAGE, consent_pages, consent_text
from gateway.presentation.texts.texts import Texts
from schema.account.consent import OperatorSettings, consent_document
from schema.deliveries import ConsentRequest
from schema.vocabulary import Locale

each_locale = pytest.mark.parametrize("locale", Locale)


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFOLOGY_OPERATOR_NAME", "Quiet Water")
    monkeypatch.setenv("SELFOLOGY_OPERATOR_CONTACT", "privacy@quietwater.example")
    monkeypatch.setenv("SELFOLOGY_OPERATOR_COUNTRY", "Iceland")


@pytest.mark.parametrize(
    ("locale", "readers", "told"),
    [
        (Locale.RU, ["OpenAI"], "читают ИИ-модели OpenAI, без вашего имени"),
        (Locale.RU, ["OpenAI", "Anthropic"], "читают ИИ-модели OpenAI и Anthropic, без вашего имени"),
        (Locale.RU, [], "простая программа по спискам слов. Она многого не понимает"),
        (Locale.EN, ["OpenAI", "Anthropic"], "AI models from OpenAI and Anthropic read what you write"),
        (Locale.EN, [], "A simple program with word lists reads what you write. It misses a lot"),
    ],
)
def test_consent_names_who_reads_along(locale: Locale, readers: list[str], told: str) -> None:
    assert told in consent_text(ConsentRequest(planned=12, readers=readers), Texts(locale))


@each_locale
def test_the_first_screen_is_short_and_names_what_matters(operator: None, locale: Locale) -> None:
    shown = consent_text(ConsentRequest(planned=12, readers=["OpenAI", "Anthropic"]), Texts(locale))
    assert len(shown) <= 700
    emergency = {Locale.RU: "112", Locale.EN: "911"}[locale]
    for named in ("Quiet Water", emergency, "/export", "/delete", "/privacy"):
        assert named in shown
    assert "18" in Texts(locale).say("choice-agree")


@each_locale
def test_the_document_names_everything(operator: None, locale: Locale) -> None:
    pages = consent_pages(Texts(locale))
    document = "\n".join(pages)
    assert all(len(page) <= PAGE for page in pages)
    assert not re.search(r"[{}#]", document)
    assert consent_document(locale).version.partition("/")[0] in pages[0]
    telegram = {Locale.RU: "Телеграм", Locale.EN: "Telegram"}[locale]
    for named in ("Quiet Water", "privacy@quietwater.example", "Iceland", "18", "/export", "/delete", telegram):
        assert named in document


def test_both_languages_say_the_same_number_of_things_in_one_version() -> None:
    russian, english = (consent_document(locale) for locale in (Locale.RU, Locale.EN))
    assert (russian.version, english.version) == ("2026-11-27/ru", "2026-11-27/en")
    assert [len(part.splitlines()) for part in russian.text.split("\n\n")] == [
        len(part.splitlines()) for part in english.text.split("\n\n")
    ]


@each_locale
def test_without_an_operator_people_and_operators_are_told_so(locale: Locale, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SELFOLOGY_OPERATOR_NAME", raising=False)
    texts = Texts(locale)
    assert texts.say("consent-no-operator") in consent_text(ConsentRequest(planned=12), texts)
    complaint = OperatorSettings().complaint
    assert complaint is not None
    assert "not ready for the public" in complaint


def test_a_named_operator_is_no_complaint(operator: None) -> None:
    assert OperatorSettings().complaint is None
