//! Text that found nothing goes into the field that it was meant for.

use servease_domain::query::fields_for;

fn sorted(text: &str) -> Vec<(&'static str, String)> {
    fields_for(text)
        .into_iter()
        .map(|(_, field, text)| (field, text))
        .collect()
}

#[test]
fn each_kind_goes_into_its_field() {
    for (field, texts) in [
        (
            "license_plate",
            &[
                "ABC 1234",
                "B-XY 1234",
                "品川 300 あ 12-34",
                "京A·12345",
                "12345",
                "A123BC 77",
            ][..],
        ),
        (
            "phone",
            &[
                "(614) 555-0111",
                "+49 30 901820",
                "020 7946 0958",
                "8 912 345-67-89",
                "06141234567",
            ],
        ),
        (
            "email",
            &[
                "ada@example.com",
                "müller@büro.de",
                "ada@",
                "a.b+c@x.co.uk",
                "名@例え.jp",
            ],
        ),
        (
            "last_name",
            &["Byron", "Müller", "Ó’Brien", "Иванов", "佐藤"],
        ),
    ] {
        for text in texts {
            assert_eq!(sorted(text), [(field, (*text).to_owned())], "{text:?}");
        }
    }
}

#[test]
fn a_vin_is_one_with_and_without_a_right_check_digit() {
    for (typed, vin) in [
        ("1HGCM82633A004352", "1HGCM82633A004352"),
        ("1hgcm826 33a004352", "1HGCM82633A004352"),
        ("3VWZZZ1KZ5P000001", "3VWZZZ1KZ5P000001"),
        ("WVWZZZ1JZ3W386752", "WVWZZZ1JZ3W386752"),
        ("5UXRB0800ND001265", "5UXRB0800ND001265"),
    ] {
        assert_eq!(sorted(typed), [("vin", vin.to_owned())], "{typed:?}");
    }
}

#[test]
fn the_last_word_of_a_name_is_the_last_name() {
    for (typed, first, last) in [
        ("Ada Byron", "Ada", "Byron"),
        ("  Anna  Maria  Sommer ", "Anna  Maria", "Sommer"),
        ("José Núñez", "José", "Núñez"),
        ("Лев Толстой", "Лев", "Толстой"),
        ("Jean-Luc Picard", "Jean-Luc", "Picard"),
    ] {
        let wanted = [
            ("first_name", first.to_owned()),
            ("last_name", last.to_owned()),
        ];
        assert_eq!(sorted(typed), wanted, "{typed:?}");
    }
}

#[test]
fn blank_text_goes_nowhere() {
    assert!(sorted(" \u{3000} ").is_empty());
}
