module github.com/aerosql/aerosql/integration/otel

go 1.26.0

require (
	github.com/aerosql/aerosql v0.0.0
	go.opentelemetry.io/otel v1.45.0
	go.opentelemetry.io/otel/trace v1.45.0
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/vmihailenco/msgpack/v5 v5.4.1 // indirect
	github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect
	go.opentelemetry.io/otel/metric v1.45.0
	golang.org/x/crypto v0.58.0 // indirect
)
