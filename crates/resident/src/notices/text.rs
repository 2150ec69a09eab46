//! What a notification service makes of a text: some read it as markup.

/// The text for a service that reads markup: what somebody typed stays what it is.
/// https://specifications.freedesktop.org/notification-spec/latest/markup.html
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_what_somebody_typed_stays_text() {
        assert_eq!(
            escaped("Smith & <b>Sons</b>"),
            "Smith &amp; &lt;b&gt;Sons&lt;/b&gt;"
        );
    }
}
