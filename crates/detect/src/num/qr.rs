//! Least squares by Householder's orthogonal triangularisation, with the limited pivoting that R uses: columns keep
//! their order unless they are, to a tolerance, sums of those before them; such a one goes to the end and is left out.

/// A matrix of `rows` by `columns`, column after column.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    rows: usize,
    columns: usize,
    cells: Vec<f64>,
}

impl Design {
    /// A matrix without columns yet.
    #[must_use]
    pub fn new(rows: usize) -> Self {
        Self { rows, columns: 0, cells: vec![] }
    }

    /// Adds a column.
    ///
    /// # Panics
    /// Where the column has not as many cells as the matrix has rows.
    #[must_use]
    pub fn with(mut self, column: impl IntoIterator<Item = f64>) -> Self {
        self.cells.extend(column);
        self.columns += 1;
        assert_eq!(self.cells.len(), self.rows * self.columns, "a column is as long as the others");
        self
    }

    /// Adds a column of ones.
    #[must_use]
    pub fn with_intercept(self) -> Self {
        let rows = self.rows;
        self.with(std::iter::repeat_n(1.0, rows))
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// A column.
    #[must_use]
    pub fn column(&self, index: usize) -> &[f64] {
        &self.cells[index * self.rows..(index + 1) * self.rows]
    }

    /// A row times coefficients; those that are not numbers do not count.
    #[must_use]
    pub fn row_times(&self, row: usize, coefficients: &[f64]) -> f64 {
        let cells = self.cells.iter().skip(row).step_by(self.rows.max(1));
        cells.zip(coefficients).filter(|(_, b)| !b.is_nan()).map(|(x, b)| x * b).sum()
    }

    /// The matrix with each row times a factor.
    #[must_use]
    pub fn scaled(&self, factors: &[f64]) -> Self {
        let scale = |(at, x): (usize, &f64)| x * factors[at % self.rows];
        Self { cells: self.cells.iter().enumerate().map(scale).collect(), ..*self }
    }
}

/// A matrix taken apart into an orthogonal and a triangular one.
#[derive(Clone, Debug)]
pub struct Qr {
    rows: usize,
    /// R above the diagonal and on it; below it the Householder vectors without their first cells.
    cells: Vec<f64>,
    /// The first cells of the Householder vectors, which are scaled so that it is also 1 + their share.
    heads: Vec<f64>,
    /// Which column of the matrix each of these is.
    pivot: Vec<usize>,
    /// How many columns are independent.
    rank: usize,
}

impl Qr {
    /// Takes a matrix apart. A column whose part that is new is less than `tolerance` of it is left out; R has 1e-7
    /// for `lm` and 1e-11 for `glm`.
    #[must_use]
    pub fn new(design: Design, tolerance: f64) -> Self {
        let Design { rows, columns, cells } = design;
        let mut it = Self { rows, cells, heads: vec![0.0; columns], pivot: (0..columns).collect(), rank: 0 };
        let whole: Vec<f64> = (0..columns).map(|c| norm(it.column(c))).collect();
        let mut end = columns;
        let mut at = 0;
        while at < end.min(rows) {
            // The norms are taken afresh; R carries them along and takes them afresh where that would lose digits.
            let size = norm(&it.column(at)[at..]);
            let original = whole[it.pivot[at]];
            if size < original * tolerance || size == 0.0 {
                it.leave_out(at, columns);
                end -= 1;
                continue;
            }
            it.reflect(at, size, columns);
            at += 1;
        }
        it.rank = at;
        it
    }

    /// How many columns are independent.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The coefficients that bring the matrix nearest to `y`; not-a-number for columns that are left out.
    #[must_use]
    pub fn solve(&self, y: &[f64]) -> Vec<f64> {
        let mut y = y.to_vec();
        for at in 0..self.rank {
            self.apply(at, &mut y);
        }
        let mut coefficients = vec![f64::NAN; self.pivot.len()];
        for at in (0..self.rank).rev() {
            let value = y[at] / self.cell(at, at);
            y[..at].iter_mut().zip(self.column(at)).for_each(|(y, r)| *y -= value * r);
            coefficients[self.pivot[at]] = value;
        }
        coefficients
    }

    /// The diagonal of the projection on the columns: the leverage of each row.
    #[must_use]
    pub fn hats(&self) -> Vec<f64> {
        let mut hats = vec![0.0; self.rows];
        let mut column = vec![0.0; self.rows];
        for at in 0..self.rank {
            column.fill(0.0);
            column[at] = 1.0;
            for step in (0..=at).rev() {
                self.apply(step, &mut column);
            }
            hats.iter_mut().zip(&column).for_each(|(hat, q)| *hat += q * q);
        }
        hats
    }

    /// (R'R)⁻¹, column after column in the order of the matrix; not-a-number for columns that are left out.
    #[must_use]
    pub fn unscaled_covariance(&self) -> Vec<f64> {
        let p = self.pivot.len();
        let mut covariance = vec![f64::NAN; p * p];
        let inverse: Vec<Vec<f64>> = (0..self.rank).map(|at| self.inverse_column(at)).collect();
        for i in 0..self.rank {
            for j in 0..self.rank {
                let sum: f64 = (i.max(j)..self.rank).map(|k| inverse[k][i] * inverse[k][j]).sum();
                covariance[self.pivot[i] * p + self.pivot[j]] = sum;
            }
        }
        covariance
    }

    /// x'(R'R)⁻¹x for a row with the columns of the matrix.
    #[must_use]
    pub fn variance_at(&self, x: &[f64]) -> f64 {
        let mut solved = Vec::with_capacity(self.rank);
        for at in 0..self.rank {
            let known: f64 = solved.iter().enumerate().map(|(row, v)| self.cell(row, at) * v).sum();
            solved.push((x[self.pivot[at]] - known) / self.cell(at, at));
        }
        solved.iter().map(|v| v * v).sum()
    }

    /// A column of R⁻¹ down to its diagonal.
    fn inverse_column(&self, at: usize) -> Vec<f64> {
        let mut column = vec![0.0; at + 1];
        column[at] = 1.0 / self.cell(at, at);
        for row in (0..at).rev() {
            let sum: f64 = (row + 1..=at).map(|k| self.cell(row, k) * column[k]).sum();
            column[row] = -sum / self.cell(row, row);
        }
        column
    }

    fn column(&self, at: usize) -> &[f64] {
        &self.cells[at * self.rows..(at + 1) * self.rows]
    }

    fn cell(&self, row: usize, column: usize) -> f64 {
        self.cells[column * self.rows + row]
    }

    /// Moves a column to the end, those after it one to the left.
    fn leave_out(&mut self, at: usize, columns: usize) {
        self.cells[at * self.rows..columns * self.rows].rotate_left(self.rows);
        self.pivot[at..].rotate_left(1);
    }

    /// Turns the rest of a column into its first cell, and the columns after it likewise.
    fn reflect(&mut self, at: usize, size: f64, columns: usize) {
        let (rows, start) = (self.rows, at * self.rows);
        let signed = size.copysign(if self.cells[start + at] == 0.0 { 1.0 } else { self.cells[start + at] });
        self.cells[start + at..start + rows].iter_mut().for_each(|x| *x *= 1.0 / signed);
        self.cells[start + at] += 1.0;
        let (done, rest) = self.cells.split_at_mut((at + 1) * rows);
        let vector = &done[start + at..];
        for column in 0..columns - at - 1 {
            reflect(vector, &mut rest[column * rows + at..(column + 1) * rows]);
        }
        self.heads[at] = self.cells[start + at];
        self.cells[start + at] = -signed;
    }

    fn apply(&self, at: usize, y: &mut [f64]) {
        let tail = &self.column(at)[at + 1..];
        let head = self.heads[at];
        // In this order, as the reference sums: where all is rounding, so is the answer.
        let along = tail.iter().zip(&y[at + 1..]).fold(head * y[at], |sum, (v, y)| sum + v * y);
        let factor = -along / head;
        y[at] += factor * head;
        y[at + 1..].iter_mut().zip(tail).for_each(|(y, v)| *y += factor * v);
    }
}

fn reflect(vector: &[f64], y: &mut [f64]) {
    let along: f64 = vector.iter().zip(&*y).map(|(v, y)| v * y).sum();
    let factor = -along / vector[0];
    y.iter_mut().zip(vector).for_each(|(y, v)| *y += factor * v);
}

fn norm(x: &[f64]) -> f64 {
    let squares: f64 = x.iter().map(|x| x * x).sum();
    if squares > 1e-280 && squares < 1e280 {
        return squares.sqrt();
    }
    let most = x.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if most == 0.0 || !most.is_finite() {
        return most;
    }
    most * x.iter().map(|x| (x / most) * (x / most)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, wanted: f64) {
        assert!((got - wanted).abs() <= 1e-12 * wanted.abs().max(1.0), "{got} is not {wanted}");
    }

    #[test]
    fn a_line_through_points() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0];
        let qr = Qr::new(Design::new(5).with_intercept().with(x), 1e-7);
        let b = qr.solve(&[1.0, 3.0, 2.0, 5.0, 4.0]);
        near(b[0], 0.6);
        near(b[1], 0.8);
        let covariance = qr.unscaled_covariance();
        [1.1, -0.3, -0.3, 0.1].iter().zip(&covariance).for_each(|(wanted, got)| near(*got, *wanted));
        qr.hats().iter().zip([0.6, 0.3, 0.2, 0.3, 0.6]).for_each(|(got, wanted)| near(*got, wanted));
        near(qr.variance_at(&[1.0, 6.0]), 1.1 - 3.6 + 3.6);
    }

    #[test]
    fn a_column_that_repeats_others_is_left_out() {
        let x = [1.0, 2.0, 4.0, 8.0];
        let design =
            Design::new(4).with_intercept().with(x).with(x.map(|x| 3.0 - 2.0 * x)).with([0.0, 1.0, 0.0, 0.0]);
        let qr = Qr::new(design.clone(), 1e-11);
        assert_eq!(qr.rank(), 3);
        let b = qr.solve(&[1.0, 7.0, 4.0, 8.0]);
        near(b[0], 0.0);
        near(b[1], 1.0);
        assert!(b[2].is_nan());
        near(b[3], 5.0);
        near(design.row_times(1, &b), 7.0);
        assert!(qr.unscaled_covariance()[2].is_nan());
        near(qr.hats().iter().sum(), 3.0);
    }

    #[test]
    fn fewer_rows_than_columns_and_none_at_all() {
        let qr = Qr::new(Design::new(1).with([2.0]).with([3.0]), 1e-7);
        assert_eq!(qr.rank(), 1);
        assert_eq!(qr.solve(&[4.0])[0], 2.0);
        assert_eq!(Qr::new(Design::new(0).with([]), 1e-7).rank(), 0);
    }
}
