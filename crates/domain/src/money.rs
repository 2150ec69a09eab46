//! Amounts: integer minor units with an ISO 4217 code; decimal text at the edges.

/// The currencies that a garage may use, with their minor digits (ISO 4217). Those that are
/// not listed with other digits have two.
const CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ",
    "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR",
    "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN",
    "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR",
    "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB",
    "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VED", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];
const NO_MINOR_UNIT: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];
const THREE_DIGITS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// One billion minor units of two digits are ten million: more than any repair, small
/// enough that a million of them still add up in 64 bits.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// Whether the code is an ISO 4217 currency (upper case).
pub fn is_currency(code: &str) -> bool {
    CURRENCIES.binary_search(&code).is_ok()
}

/// How many decimal digits the currency's minor unit has.
pub fn digits(currency: &str) -> u32 {
    if NO_MINOR_UNIT.contains(&currency) {
        0
    } else if THREE_DIGITS.contains(&currency) {
        3
    } else {
        2
    }
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
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(CURRENCIES.is_sorted());
        assert!(is_currency("USD") && is_currency("EUR") && !is_currency("XXX"));
    }

    #[test]
    fn digits_follow_the_currency() {
        assert_eq!(minor_units("12.5", "USD"), Some(1250));
        assert_eq!(minor_units("1200", "JPY"), Some(1200));
        assert_eq!(minor_units("1200.5", "JPY"), None);
        assert_eq!(minor_units("1.234", "KWD"), Some(1234));
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
