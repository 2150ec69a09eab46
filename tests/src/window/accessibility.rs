//! axe-core on the page as it stands.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;

use super::{Desk, fail};

/// One rule that the page breaks.
#[derive(Debug, Deserialize)]
pub struct Violation {
    /// Name of the axe rule.
    pub id: String,
    /// What is wrong, in words.
    pub help: String,
    /// The elements, as CSS selectors.
    pub targets: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} at {}",
            self.id,
            self.help,
            self.targets.join(" | ")
        )
    }
}

// Colours that are still fading would be judged in between: animations end first.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    for (const animation of document.getAnimations()) {
        try { animation.finish() } catch { animation.cancel() }
    }
    axe.run(document, {
        resultTypes: ['violations'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }).then(
        (results) => done({ violations: results.violations.map(({ id, help, nodes }) => ({
            id, help, targets: nodes.map(({ target }) => target.join(' ')),
        })) }),
        (problem) => done({ problem: String(problem) }),
    );";

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    violations: Vec<Violation>,
    problem: Option<String>,
}

impl Desk {
    /// Moves the pointer away. What a tooltip says stands in the page as well; while somebody points
    /// at its control it floats outside of all regions, which is nobody's fault.
    async fn point_at_nothing(&self) {
        let moved = self.session().action_chain().move_to(1, 1).perform().await;
        moved.unwrap_or_else(|cause| fail(&format!("the pointer does not move: {cause}")));
        self.wait_for("no tooltip at a pointer", || async {
            let gone: bool = self
                .script(
                    "const at = document.querySelector('[data-tooltip-trigger]:hover');
                     return at === null
                         && (document.querySelector('[data-tooltip-content]') === null
                             || document.querySelector('[data-tooltip-trigger]:focus-visible') !== null)",
                    vec![],
                )
                .await;
            gone.then_some(())
        })
        .await;
    }

    /// The rules of WCAG 2.2 AA and axe's best practice that the page breaks now.
    pub async fn violations(&self) -> Vec<Violation> {
        let loaded: bool = self.script("return typeof axe === 'object'", vec![]).await;
        if !loaded {
            let source = std::fs::read_to_string(axe_source())
                .unwrap_or_else(|cause| fail(&format!("axe-core (npm ci in ui/): {cause}")));
            // As the body of a driver's script: the page's own policy allows no other way in.
            let _: Option<bool> = self
                .script(&format!("{source}; window.axe = axe;"), vec![])
                .await;
        }
        self.point_at_nothing().await;
        let answer = self.session().execute_async(RUN, vec![json!(null)]).await;
        let answer: Answer = match answer.and_then(|answer| answer.convert()) {
            Ok(answer) => answer,
            Err(cause) => self.give_up(&format!("axe does not run: {cause}")).await,
        };
        if let Some(problem) = answer.problem {
            self.give_up(&format!("axe: {problem}")).await;
        }
        answer.violations
    }

    /// Fails if the page breaks a rule of accessibility.
    pub async fn assert_accessible(&self, screen: &str) {
        let violations = self.violations().await;
        if !violations.is_empty() {
            let list: Vec<_> = violations.iter().map(|v| format!("- {v}")).collect();
            self.give_up(&format!("{screen} is not accessible:\n{}", list.join("\n")))
                .await;
        }
    }
}

fn axe_source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js")
}
