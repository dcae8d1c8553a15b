module github.com/aerosql/aerosql/cmd/aerosqlvet

go 1.26.0

require (
	github.com/aerosql/aerosql v0.0.0
	github.com/stretchr/testify v1.12.1
	golang.org/x/tools v0.52.0
)
