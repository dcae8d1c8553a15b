module testprograms

go 1.26.0
