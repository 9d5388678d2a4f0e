"""The language of a question, by script and, where a script is shared, by a small model."""

import pytest

from yinju.text import language


@pytest.mark.parametrize(
    "question, expected",
    [
        ("开办了多少期青年夜校？", "zh"),
        ("開辦了多少期青年夜校？", "zh-Hant"),
        ("台灣有多少間學校", "zh-Hant"),
        ("红旗党支部", "zh"),
        ("团省委 青年突击队 count", "zh"),
        ("GDP API SDK 是什么", "zh"),
        ("What did 省委组织部 do in 2025?", "en"),
        ("How many 青年夜校 sessions were held by 省委直属机关工委?", "en"),
        ("Что сделало 省委组织部?", "ru"),
        ("青年夜校は何回開催されましたか", "ja"),
        ("청년 야학은 몇 번 열렸습니까?", "ko"),
        ("How many night school sessions were held?", "en"),
        ("How many?", "en"),
        ("Wie viele Abendschulkurse wurden abgehalten?", "de"),
        ("Wann fand die Sitzung statt?", "de"),
        ("Combien de cours du soir ont été organisés ?", "fr"),
        ("¿Cuántas escuelas nocturnas se abrieron?", "es"),
        ("Quanti corsi serali sono stati organizzati?", "it"),
        ("Quantas turmas noturnas foram abertas?", "pt"),
        ("Có bao nhiêu lớp học buổi tối được mở?", "vi"),
        ("Berapa banyak kelas malam yang dibuka?", "id"),
        ("Hoeveel avondcursussen werden er gehouden?", "nl"),
        ("Ile kursów wieczorowych zorganizowano?", "pl"),
        ("Сколько вечерних школ было открыто?", "ru"),
        ("Сколько", "ru"),
        ("Скільки вечірніх шкіл було відкрито?", "uk"),
        ("Колко вечерни училища бяха открити?", "bg"),
        ("كم عدد الدورات؟", "ar"),
        ("چند دوره برگزار شد؟", "fa"),
        ("कितनी रात्रि कक्षाएं आयोजित की गईं?", "hi"),
        ("กี่ครั้ง", "th"),
        ("2025?", "und"),
        ("", "und"),
    ],
)
def test_language(question: str, expected: str) -> None:
    assert language(question) == expected
