package mapper

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInvalidGeometries: the error of an invalid point, circle or polygon says what is wrong with
// it.
func TestInvalidGeometries(t *testing.T) {
	for text, g := range map[string]GeoJSON{
		"out of range: the longitude 400 is not in -180 to 180": Point(400, 1),
		`out of range: "north" is not a GeoJSON object`:         "north",
	} {
		_, err := g.MarshalBin()
		require.ErrorIs(t, err, ErrRange)
		require.EqualError(t, err, text)
	}
}
