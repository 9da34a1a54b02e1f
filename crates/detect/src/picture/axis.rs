//! Where values come to lie, and which of them are named beside the drawing.

/// From values to pixels, upwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Scale {
    /// The height of a value; those beyond lie at the edge.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.bottom - share * (self.bottom - self.top)
    }
}

/// Round values from low to high, four to nine of them.
pub(super) fn ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 5.0;
    let power = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].iter().map(|m| m * power).find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(rough);
    let first = (low / step).ceil();
    let ticks =
        (0..12).map(|n| (first + f64::from(n)) * step).take_while(|tick| *tick <= high * (1.0 + 1e-12));
    // Sums of powers of ten show as such.
    ticks
        .map(|tick| (tick / power).round() * power)
        .map(|tick| if power < 1.0 { tidy(tick) } else { tick })
        .collect()
}

fn tidy(value: f64) -> f64 {
    format!("{value:.9}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(ticks(0.0, 12.0), [0.0, 5.0, 10.0]);
        assert_eq!(ticks(0.0, 1.0), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(ticks(-3.0, 4.0), [-2.0, 0.0, 2.0, 4.0]);
        assert_eq!(ticks(0.0, 1_023_426.0), [0.0, 500_000.0, 1_000_000.0]);
    }

    #[test]
    fn values_beyond_lie_at_the_edge() {
        let scale = Scale { low: 0.0, high: 10.0, top: 0.0, bottom: 100.0 };
        assert_eq!([0.0, 5.0, 10.0, 20.0].map(|value| scale.place(value)), [100.0, 50.0, 0.0, 0.0]);
    }
}
