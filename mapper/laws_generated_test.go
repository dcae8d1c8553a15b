//go:build !race

package mapper_test

import (
	"testing"

	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/mapper/testdata/lawtypes"
)

// TestLawL7GeneratedMethodsAreEqual: the methods that aerosql gen has written for random struct
// types store the same bytes as the mapper without them, and read the same.
func TestLawL7GeneratedMethodsAreEqual(t *testing.T) { mapper.RequireEqualTiers(t, lawtypes.All) }
