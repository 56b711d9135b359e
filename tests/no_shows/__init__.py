"""The no-show loop as a whole: a season of Goseong with the no-shows of 2019, without it and with it."""
