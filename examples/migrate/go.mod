module github.com/aerosql/aerosql/examples/migrate

go 1.26.0

require (
	github.com/aerosql/aerosql v0.0.0
	github.com/aerosql/aerosql/integration/goose v0.0.0
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/mfridman/interpolate v0.2.0 // indirect
	github.com/pressly/goose/v3 v3.30.1 // indirect
	github.com/sethvargo/go-retry v0.5.0 // indirect
	github.com/vmihailenco/msgpack/v5 v5.4.1 // indirect
	github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect
	go.uber.org/multierr v1.11.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sync v0.25.0 // indirect
)
