package main

import (
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/shell"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/transfer"
