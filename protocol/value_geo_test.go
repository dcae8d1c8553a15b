package protocol

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGeoConstructors(t *testing.T) {
	for want, v := range map[string]Value{
		`{"type":"Point","coordinates":[2.3522,48.8566]}`:                GeoPoint(2.3522, 48.8566),
		`{"type":"Point","coordinates":[-180,90]}`:                       GeoPoint(-180, 90),
		`{"type":"Point","coordinates":[0.0000001,0]}`:                   GeoPoint(1e-7, 0),
		`{"type":"AeroCircle","coordinates":[[2.3522,48.8566],1500.5]}`:  GeoCircle(2.3522, 48.8566, 1500.5),
		`{"type":"AeroCircle","coordinates":[[1,2],0]}`:                  GeoCircle(1, 2, 0),
		`{"type":"AeroCircle","coordinates":[[1,2],1e+20]}`:              GeoCircle(1, 2, 1e20),
		`{"type":"Polygon","coordinates":[[[0,0],[2,0],[0,2],[0,0]]]}`:   GeoPolygon([2]float64{0, 0}, [2]float64{2, 0}, [2]float64{0, 2}),
		`{"type":"Polygon","coordinates":[[[1,0],[2,0],[1.5,2],[1,0]]]}`: GeoPolygon([][2]float64{{1, 0}, {2, 0}, {1.5, 2}, {1, 0}}...),
	} {
		require.NoError(t, v.Err())
		require.Equal(t, KindGeoJSON, v.Kind())
		text, _ := v.Text()
		require.Equal(t, want, text)
		require.True(t, json.Valid([]byte(text)))
	}
}

// GeoPolygon closes a ring without changing the caller's slice.
func TestGeoPolygonKeepsItsArgument(t *testing.T) {
	ring := make([][2]float64, 3, 8)
	ring[1], ring[2] = [2]float64{1, 0}, [2]float64{0, 1}
	require.NoError(t, GeoPolygon(ring...).Err())
	require.Zero(t, ring[:4][3])
}

func TestGeoConstructorsRejectInvalidNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	triangle := func(p [2]float64) Value { return GeoPolygon([2]float64{0, 0}, [2]float64{1, 0}, p) }
	for name, v := range map[string]Value{
		"longitude above 180":     GeoPoint(180.0001, 0),
		"longitude below -180":    GeoPoint(-181, 0),
		"latitude above 90":       GeoPoint(0, 90.5),
		"latitude below -90":      GeoPoint(0, -91),
		"NaN longitude":           GeoPoint(nan, 0),
		"NaN latitude":            GeoPoint(0, nan),
		"infinite longitude":      GeoPoint(inf, 0),
		"infinite latitude":       GeoPoint(0, -inf),
		"center of a circle":      GeoCircle(0, 91, 1),
		"negative radius":         GeoCircle(0, 0, -1),
		"NaN radius":              GeoCircle(0, 0, nan),
		"infinite radius":         GeoCircle(0, 0, inf),
		"no ring":                 GeoPolygon(),
		"one position":            GeoPolygon([2]float64{}),
		"two positions":           GeoPolygon([2]float64{}, [2]float64{1, 1}),
		"two positions, closed":   GeoPolygon([2]float64{}, [2]float64{1, 1}, [2]float64{}),
		"position of a polygon":   triangle([2]float64{0, 100}),
		"NaN position of polygon": triangle([2]float64{nan, nan}),
	} {
		require.Equal(t, KindInvalid, v.Kind(), name)
		require.ErrorIs(t, v.Err(), ErrInvalidValue, name)
		_, err := AppendParticle(nil, v)
		require.ErrorIs(t, err, ErrInvalidValue, name)
	}
}
