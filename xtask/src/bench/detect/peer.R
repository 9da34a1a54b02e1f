# Judges series of a table with one function of surveillance, timed in CPU seconds.
# peer.R TABLE FUNCTION CONTROL FROM TO SERIES SECONDS
args <- commandArgs(TRUE)
suppressPackageStartupMessages(library(surveillance))
table <- lapply(strsplit(readLines(args[1]), " ", fixed = TRUE), as.numeric)
judge <- get(args[2], asNamespace("surveillance"))
control <- eval(parse(text = args[3]))
control$range <- as.integer(args[4]):as.integer(args[5])
# Series from all over the table, for there are more of them than there is time for.
pick <- unique(round(seq(1, length(table), length.out = as.integer(args[6]))))
series <- lapply(table[pick], function(y) sts(observed = y, start = c(2001, 1), frequency = 52))
seconds <- as.numeric(args[7])
cpu <- function() sum(proc.time()[c("user.self", "sys.self")])
lap <- function() {
  alarms <- 0
  for (one in series) {
    judged <- suppressMessages(suppressWarnings(judge(one, control = control)))
    alarms <- alarms + sum(alarms(judged), na.rm = TRUE)
  }
  alarms
}
invisible(suppressMessages(suppressWarnings(judge(series[[1]], control = control))))
begun <- cpu()
laps <- 0
repeat {
  found <- lap()
  laps <- laps + 1
  if (cpu() - begun >= seconds) break
}
points <- laps * length(series) * length(control$range)
peak <- sub(".*:\\s*([0-9]+) kB", "\\1", grep("^VmHWM", readLines("/proc/self/status"), value = TRUE))
cat(sprintf('{"points":%d,"seconds":%.6f,"alarms":%d,"peak_kib":%s}\n', points, cpu() - begun, found, peak))
