//! Series from Parquet, and answers to it. The Cargo feature `parquet`.

use super::answers::Answer;
use super::table::{Cell, Raw};
use anyhow::Context as _;
use beaconfire_detect::outcome::is_na;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::record::Field;
use parquet::schema::parser::parse_message_type;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// The columns of answers.
const SCHEMA: &str = "message answers {
    REQUIRED BYTE_ARRAY series (UTF8);
    REQUIRED BYTE_ARRAY t (UTF8);
    OPTIONAL DOUBLE observed;
    OPTIONAL DOUBLE expected;
    OPTIONAL DOUBLE upperbound;
    OPTIONAL DOUBLE score;
    OPTIONAL BOOLEAN alarm;
    OPTIONAL BYTE_ARRAY reason (UTF8);
}";

/// The rows of a file, for a table.
pub(super) fn read(path: &Path) -> anyhow::Result<Raw> {
    let file = File::open(path).context("open it")?;
    let reader = SerializedFileReader::new(file).context("read it as Parquet")?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let header = schema.columns().iter().map(|column| column.name().to_owned()).collect();
    let mut rows = Vec::new();
    for row in reader.get_row_iter(None).context("read its rows")? {
        let row = row.context("read a row")?;
        rows.push(row.get_column_iter().map(|(_, field)| cell(field)).collect());
    }
    Ok(Raw { header, rows })
}

fn cell(field: &Field) -> Cell {
    match field {
        Field::Null => Cell::Missing,
        Field::Bool(value) => Cell::Number(f64::from(u8::from(*value))),
        Field::Byte(value) => Cell::Number(f64::from(*value)),
        Field::Short(value) => Cell::Number(f64::from(*value)),
        Field::Int(value) => Cell::Number(f64::from(*value)),
        Field::UByte(value) => Cell::Number(f64::from(*value)),
        Field::UShort(value) => Cell::Number(f64::from(*value)),
        Field::UInt(value) => Cell::Number(f64::from(*value)),
        Field::Long(value) => Cell::Number(*value as f64),
        Field::ULong(value) => Cell::Number(*value as f64),
        Field::Float(value) => Cell::Number(f64::from(*value)),
        Field::Double(value) => Cell::Number(*value),
        Field::Date(days) => Cell::Day(*days),
        Field::TimestampMillis(at) => Cell::Second(at.div_euclid(1_000)),
        Field::TimestampMicros(at) => Cell::Second(at.div_euclid(1_000_000)),
        other => Cell::Text(other.to_string().trim_matches('"').to_owned()),
    }
}

/// Writes answers.
pub(super) fn write(path: &Path, answers: &[Answer]) -> anyhow::Result<()> {
    let at = || format!("write {}", path.display());
    let schema = Arc::new(parse_message_type(SCHEMA).context("read the schema of answers")?);
    let file = File::create(path).with_context(at)?;
    let mut writer =
        SerializedFileWriter::new(file, schema, Arc::new(WriterProperties::default())).with_context(at)?;
    let mut group = writer.next_row_group().with_context(at)?;
    let mut place = 0;
    while let Some(mut column) = group.next_column().with_context(at)? {
        fill(&mut column, place, answers).with_context(at)?;
        column.close().with_context(at)?;
        place += 1;
    }
    group.close().with_context(at)?;
    writer.close().with_context(at)?;
    Ok(())
}

fn fill(column: &mut SerializedColumnWriter<'_>, place: usize, answers: &[Answer]) -> anyhow::Result<()> {
    match place {
        0 | 1 => {
            let text = |answer: &Answer| if place == 0 { answer.series.clone() } else { answer.t.clone() };
            let values: Vec<ByteArray> =
                answers.iter().map(|answer| text(answer).into_bytes().into()).collect();
            column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
        }
        2..=5 => {
            let number = |answer: &Answer| Some(answer.numbers[place - 2]).filter(|number| !is_na(*number));
            let (values, levels) = present(answers.iter().map(number));
            column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
        }
        6 => {
            let (values, levels) = present(answers.iter().map(|answer| answer.alarm));
            column.typed::<BoolType>().write_batch(&values, Some(&levels), None)?;
        }
        _ => {
            let reason = |answer: &Answer| {
                (!answer.reason.is_empty()).then(|| ByteArray::from(answer.reason.clone().into_bytes()))
            };
            let (values, levels) = present(answers.iter().map(reason));
            column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
        }
    }
    Ok(())
}

/// The values that are there, and for each row whether it has one.
fn present<T>(values: impl Iterator<Item = Option<T>>) -> (Vec<T>, Vec<i16>) {
    let mut levels = Vec::new();
    let there = values.inspect(|value| levels.push(i16::from(value.is_some()))).flatten().collect();
    (there, levels)
}
