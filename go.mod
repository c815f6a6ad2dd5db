module github.com/countyql/countyql

go 1.26
