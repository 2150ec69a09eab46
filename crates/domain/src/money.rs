//! Amounts: integer minor units with an ISO 4217 code; decimal text at the edges.

use iso_currency::{Currency, IntoEnumIterator};

/// Codes that ended before the library's table begins. Records of their time still hold them.
const ENDED: [&str; 1] = ["ANG"];

/// One billion minor units of two digits are ten million: more than any repair, small
/// enough that a million of them still add up in 64 bits.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// Whether the code is an ISO 4217 currency (upper case) that somebody can pay in: no fund, no
/// metal, no code for tests. One that another has followed counts, since old records hold it.
pub fn is_currency(code: &str) -> bool {
    payable(code).is_some() || ENDED.contains(&code)
}

/// The codes that a garage may choose, in alphabetical order.
pub fn currencies() -> Vec<&'static str> {
    let mut codes: Vec<_> = Currency::iter()
        .filter(|currency| can_pay(*currency) && currency.is_superseded().is_none())
        .map(|currency| currency.code())
        .collect();
    codes.sort_unstable();
    codes
}

/// How many decimal digits the currency's minor unit has.
pub fn digits(currency: &str) -> u32 {
    payable(currency)
        .and_then(Currency::exponent)
        .map_or(2, u32::from)
}

fn payable(code: &str) -> Option<Currency> {
    Currency::from_code(code).filter(|currency| can_pay(*currency))
}

fn can_pay(currency: Currency) -> bool {
    !currency.is_fund() && !currency.is_special()
}

/// `"12.5"` in USD is 1250. None for what is no decimal number, is negative, has more digits
/// than the currency or is over [`AMOUNT_MAX`].
pub fn minor_units(text: &str, currency: &str) -> Option<i64> {
    let digits = digits(currency) as usize;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > digits || (text.contains('.') && text.ends_with('.')) {
        return None;
    }
    format!("{whole}{fraction:0<digits$}")
        .parse()
        .ok()
        .filter(|units| *units <= AMOUNT_MAX)
}

/// 1250 in USD is `"12.50"`.
pub fn decimal(units: i64, currency: &str) -> String {
    let digits = digits(currency);
    if digits == 0 {
        return units.to_string();
    }
    let scale = 10_i64.pow(digits);
    format!(
        "{}{}.{:0width$}",
        if units < 0 { "-" } else { "" },
        (units / scale).abs(),
        (units % scale).abs(),
        width = digits as usize
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn currencies_are_those_that_people_pay_in() {
        for code in [
            "USD", "EUR", "JPY", "XCG", "VED", "ZWG", "SLE", "XOF", "CHF", "HRK", "ANG",
        ] {
            assert!(is_currency(code), "{code}");
        }
        for code in ["XXX", "XTS", "XAU", "CLF", "usd", "", "EURO", "ABC"] {
            assert!(!is_currency(code), "{code}");
        }
    }

    #[test]
    fn choices_are_what_is_paid_in_today() {
        let choices = currencies();
        assert!(choices.is_sorted());
        assert!(choices.contains(&"XCG") && choices.contains(&"EUR"));
        for code in ["ANG", "HRK", "ZWL", "CLF", "XXX"] {
            assert!(!choices.contains(&code), "{code}");
        }
    }

    #[test]
    fn digits_follow_the_currency() {
        assert_eq!(minor_units("12.5", "USD"), Some(1250));
        assert_eq!(minor_units("1200", "JPY"), Some(1200));
        assert_eq!(minor_units("1200.5", "JPY"), None);
        assert_eq!(minor_units("1.234", "KWD"), Some(1234));
        assert_eq!(minor_units("1.5", "XCG"), Some(150));
        assert_eq!(minor_units("1.5", "ANG"), Some(150));
        for (code, wanted) in [("ISK", 0), ("UGX", 0), ("MGA", 2), ("TND", 3), ("XPF", 0)] {
            assert_eq!(digits(code), wanted, "{code}");
        }
        for bad in [
            "",
            ".5",
            "5.",
            "-1",
            "1,5",
            "1e3",
            "1.005",
            "9".repeat(30).as_str(),
        ] {
            assert_eq!(minor_units(bad, "USD"), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn decimal_and_minor_units_are_inverse(units in 0..=AMOUNT_MAX, which in 0..3_usize) {
            let currency = ["USD", "JPY", "KWD"][which];
            prop_assert_eq!(minor_units(&decimal(units, currency), currency), Some(units));
        }
    }
}
