module rutter/tests/oracle/gotemplate

go 1.26.0
