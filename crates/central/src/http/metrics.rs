//! Figures for Prometheus. Labels name routes, never ids or people.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::door::TurnedAway;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    pub method: String,
    pub route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Answered {
    pub method: String,
    pub route: String,
    pub status: u16,
}

/// From a quarter of a millisecond, which a read takes, to ten seconds, when one is cut off.
const BOUNDS_S: [f64; 12] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0,
];

/// Counted since the program started.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub answered: Family<Answered, Counter>,
    pub seconds: Family<Route, Histogram>,
    pub in_flight: Gauge,
    pub turned_away: Counter,
}

impl Metrics {
    pub fn new(turned_away_by_reason: &TurnedAway) -> Metrics {
        let mut registry = Registry::with_prefix("servease_central");
        let answered = Family::<Answered, Counter>::default();
        let seconds = Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(BOUNDS_S));
        let in_flight = Gauge::default();
        let turned_away = Counter::default();
        registry.register("requests", "Requests answered", answered.clone());
        registry.register("request_seconds", "How long requests took", seconds.clone());
        registry.register(
            "requests_in_flight",
            "Requests being answered",
            in_flight.clone(),
        );
        registry.register(
            "requests_turned_away",
            "Requests turned away because too many were in flight",
            turned_away.clone(),
        );
        registry.register(
            "turned_away",
            "Connections and requests that were turned away, by reason",
            turned_away_by_reason.counts.clone(),
        );
        Metrics {
            registry,
            answered,
            seconds,
            in_flight,
            turned_away,
        }
    }

    /// The OpenMetrics text. None if it could not be written, which only memory can cause.
    pub fn text(&self) -> Option<String> {
        let mut text = String::new();
        encode(&mut text, &self.registry).ok().map(|()| text)
    }
}
