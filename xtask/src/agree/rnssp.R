# Answers the records of a manifest with the functions of a checkout of Rnssp: one OUT/ID.csv a record, OUT/ID.error
# where R stops.
# rnssp.R MANIFEST.json OUT CHECKOUT
args <- commandArgs(TRUE)
for (name in c("dplyr", "tidyr", "purrr", "lubridate", "rlang", "tibble")) {
  suppressPackageStartupMessages(library(name, character.only = TRUE, warn.conflicts = FALSE))
}
for (name in c("ewma", "regression", "switch", "farrington", "nbinom", "serfling")) {
  source(file.path(args[3], "R", paste0("alert_", name, ".R")))
}
folder <- dirname(args[1])
manifest <- jsonlite::fromJSON(args[1], simplifyVector = FALSE)
cell <- function(x) {
  if (is.factor(x) || is.character(x) || inherits(x, "Date")) {
    x <- as.character(x)
    return(ifelse(is.na(x), "NA", x))
  }
  x <- as.numeric(x)
  ifelse(is.nan(x), "NaN", ifelse(is.na(x), "NA", ifelse(is.infinite(x), ifelse(x > 0, "Inf", "-Inf"),
         sprintf("%.17g", x))))
}
answer <- function(record) {
  table <- read.csv(file.path(folder, manifest$inputs[[record$dataset]]$file), check.names = FALSE)
  df <- tibble(date = as.Date(table$date), count = table[[record$series]])
  control <- record$control
  if (!is.null(control$baseline_end)) control$baseline_end <- as.Date(control$baseline_end)
  found <- do.call(get(record$detector), c(list(df), control))
  columns <- unlist(record$columns)
  cells <- lapply(columns, function(name) cell(found[[name]]))
  c(paste(columns, collapse = ","), do.call(paste, c(cells, sep = ",")))
}
for (record in manifest$results) {
  at <- function(kind) file.path(args[2], paste0(record$id, kind))
  lines <- tryCatch(suppressMessages(suppressWarnings(answer(record))), error = function(e) {
    writeLines(paste("it says:", gsub("\n", " ", conditionMessage(e))), at(".error"))
    NULL
  })
  if (!is.null(lines)) writeLines(lines, at(".csv"))
}
