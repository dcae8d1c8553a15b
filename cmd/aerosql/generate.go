package main

import (
	"context"
	"errors"
	"io"

	"github.com/aerosql/aerosql/cmd/aerosql/gen"
)

// generate is the command gen.
func generate(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	err := gen.Run(ctx, args, stdout, stderr)
	if errors.Is(err, gen.ErrUsage) {
		return errUsage
	}
	return err
}
