# Answers the records of a manifest with surveillance: one OUT/ID.csv a record, OUT/ID.error where R stops.
# peer.R MANIFEST.json OUT JOB JOBS, of which it does every JOBS-th from JOB on.
args <- commandArgs(TRUE)
suppressPackageStartupMessages(library(surveillance))
folder <- dirname(args[1])
manifest <- jsonlite::fromJSON(args[1], simplifyVector = FALSE)
tables <- new.env()
table_of <- function(file) {
  if (is.null(tables[[file]])) {
    tables[[file]] <- read.csv(file.path(folder, file), check.names = FALSE, colClasses = c(date = "character"))
  }
  tables[[file]]
}
sts_of <- function(record) {
  about <- manifest$inputs[[record$dataset]]
  table <- table_of(about$file)
  observed <- as.matrix(table[[record$series]])
  colnames(observed) <- record$series
  given <- list(observed = observed, start = unlist(about$start), frequency = about$freq)
  if (isTRUE(about$epochAsDate)) {
    given$epoch <- as.numeric(as.Date(table$date))
    given$epochAsDate <- TRUE
  }
  if (!is.null(about$population)) given$population <- as.matrix(table_of(about$population)[[record$series]])
  do.call(sts, given)
}
# Lists of plain values become vectors; the mu0 of glr stays a list where it has names.
plain <- function(value) {
  if (is.list(value) && is.null(names(value))) unlist(value)
  else if (is.list(value)) lapply(value, plain)
  else value
}
control_of <- function(record) {
  control <- lapply(record$control, plain)
  range <- control$range
  if (!is.null(range)) control$range <- as.integer(range$from):as.integer(range$to)
  control
}
calls <- list(
  farringtonFlexible = function(s, control, record) {
    r <- farringtonFlexible(s, control)
    k <- r@control
    list(upperbound = upperbound(r), alarm = alarms(r), expected = k$expected, score = k$score, pvalue = k$pvalue,
         phi = k$phiVector, trend_used = k$trend, trend_coef = k$trendVector, mu0Vector = k$mu0Vector)
  },
  farrington = function(s, control, record) {
    r <- algo.farrington(sts2disProg(s), control)
    list(upperbound = r$upperbound, alarm = r$alarm, trend_used = r$trend, cdf_of_observed = r$control$pd[, 1],
         mu0 = r$control$pd[, 2])
  },
  cdc = function(s, control, record) {
    r <- algo.cdc(sts2disProg(s), control)
    sums <- sapply(control$range, function(k) sum(observed(s)[(k - 3):k]))
    list(upperbound = r$upperbound, alarm = r$alarm, aggregate4 = sums)
  },
  cusum = function(s, control, record) {
    r <- algo.cusum(sts2disProg(s), control)
    list(upperbound = r$upperbound, alarm = r$alarm, cusum = r$cusum, mu0 = rep_len(r$control$m, length(control$range)))
  },
  glr = function(s, control, record) {
    judge <- get(paste0("algo.", record$detector))
    value <- judge(sts2disProg(s), utils::modifyList(control, list(ret = "value")))
    alpha <- value$control$alpha
    answer <- list(statistic = value$upperbound, alarm = value$alarm, mu0 = rep_len(value$control$mu0, length(control$range)),
                   alpha_disp = rep_len(if (is.null(alpha)) 0 else alpha, length(control$range)))
    if ("cases_to_alarm" %in% unlist(record$columns)) {
      cases <- judge(sts2disProg(s), utils::modifyList(control, list(ret = "cases")))
      answer$cases_to_alarm <- cases$upperbound
    }
    answer
  },
  outbreakP = function(s, control, record) {
    value <- algo.outbreakP(sts2disProg(s), utils::modifyList(control, list(ret = "value")))
    cases <- algo.outbreakP(sts2disProg(s), utils::modifyList(control, list(ret = "cases")))
    list(statistic = value$upperbound, alarm = value$alarm, cases_to_alarm = cases$upperbound)
  },
  binomialLRCUSUM = function(s, control, record) {
    all <- seq_len(nrow(s))
    level <- function(p) matrix(rep_len(p, nrow(s)), 1)
    two <- function(p) rbind(level(p), 1 - level(p))
    control$pi0 <- two(control$pi0)
    control$pi1 <- two(control$pi1)
    control$dfun <- function(y, size, mu, log = FALSE) dbinom(y[1, ], size, mu[1, ], log = log)
    n <- as.vector(population(s))
    y <- as.vector(observed(s))
    both <- sts(observed = cbind(a = y, b = n - y), population = cbind(a = n, b = n), multinomialTS = TRUE,
                start = s@start, frequency = s@freq)
    control$fn <- NULL
    if (is.null(control$range)) control$range <- all
    value <- categoricalCUSUM(both, c(control, list(ret = "value")))
    cases <- categoricalCUSUM(both, c(control, list(ret = "cases")))
    list(n = n[control$range], statistic = upperbound(value)[, 1], alarm = alarms(value)[, 1],
         cases_to_alarm = upperbound(cases)[, 1])
  },
  other = function(s, control, record) {
    r <- get(record$detector)(s, control)
    list(upperbound = upperbound(r), alarm = alarms(r))
  },
  latest = function(s, control, record) {
    r <- get(paste0("algo.", record$detector))(sts2disProg(s), control)
    list(upperbound = r$upperbound, alarm = r$alarm)
  })
calls$glrnb <- calls$glrpois <- calls$glr
for (name in c("bayes1", "bayes2", "bayes3", "rki1", "rki2", "rki3")) calls[[name]] <- calls$latest
cell <- function(x) {
  x <- as.numeric(x)
  ifelse(is.nan(x), "NaN", ifelse(is.na(x), "NA", ifelse(is.infinite(x), ifelse(x > 0, "Inf", "-Inf"),
         sprintf("%.17g", x))))
}
answer <- function(record) {
  s <- sts_of(record)
  control <- control_of(record)
  call <- calls[[record$detector]]
  if (is.null(call)) call <- calls$other
  if (!is.null(record$control$range)) rows <- control$range else rows <- seq_len(nrow(s))
  cells <- c(list(t = rows, observed = observed(s)[rows]), call(s, control, record))
  columns <- unlist(record$columns)
  found <- lapply(columns, function(name) {
    value <- as.vector(cells[[name]])
    if (length(value) == 0) stop("the answer has no ", name)
    if (length(value) != length(rows)) stop("the answer has ", length(value), " values of ", name)
    cell(value)
  })
  c(paste(columns, collapse = ","), do.call(paste, c(found, sep = ",")))
}
for (record in manifest$results[seq_along(manifest$results) %% as.integer(args[4]) == as.integer(args[3]) - 1]) {
  at <- function(kind) file.path(args[2], paste0(record$id, kind))
  # After a crash it is started again.
  if (file.exists(at(".csv")) || file.exists(at(".error"))) next
  writeLines("R itself crashed, or never ended", at(".error"))
  lines <- tryCatch(suppressMessages(suppressWarnings(answer(record))), error = function(e) {
    writeLines(paste("it says:", conditionMessage(e)), at(".error"))
    NULL
  })
  if (!is.null(lines)) {
    writeLines(lines, at(".csv"))
    unlink(at(".error"))
  }
}
