module github.com/aerosql/aerosql/integration/migrate

go 1.26.0

require (
	github.com/aerosql/aerosql v0.0.0
	github.com/golang-migrate/migrate/v4 v4.20.1
)

require (
	github.com/vmihailenco/msgpack/v5 v5.4.1 // indirect
	github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
)
