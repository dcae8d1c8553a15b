package function

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/aerosql/aerosql/protocol"
)

func TestWithin(t *testing.T) {
	square := protocol.GeoPolygon([2]float64{10, 10}, [2]float64{20, 10}, [2]float64{20, 20}, [2]float64{10, 20})
	reverse := protocol.GeoPolygon([2]float64{10, 20}, [2]float64{20, 20}, [2]float64{20, 10}, [2]float64{10, 10})
	hole := protocol.GeoJSON(`{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[3,3],[6,3],[6,6],[3,6],[3,3]]]}`)
	multi := protocol.GeoJSON(`{"type":"MultiPolygon","coordinates":[[[[0,0],[9,0],[9,9],[0,0]]],[[[50,50],[60,50],[60,60],[50,50]]]]}`)
	pole := protocol.GeoPolygon([2]float64{0, 80}, [2]float64{90, 80}, [2]float64{180, 80}, [2]float64{-90, 80})
	dateline := protocol.GeoPolygon([2]float64{170, -10}, [2]float64{-170, -10}, [2]float64{-170, 10}, [2]float64{170, 10})
	feature := protocol.GeoJSON(`{"type":"Feature","properties":{},"geometry":{"type":"AeroCircle","coordinates":[[0,0],1000]}}`)
	huge := protocol.GeoPolygon([2]float64{0, 0}, [2]float64{120, 0}, [2]float64{-120, 0})
	cases := []struct {
		region              protocol.Value
		longitude, latitude float64
		want                any
	}{
		{square, 15, 15, true}, {reverse, 15, 15, true}, {square, 9, 15, false}, {square, -165, -15, false}, {square, 15, 20.05, true}, {square, 15, 9.95, false},
		{square, 15, 10.02, false}, {square, 15, 10.05, true}, {hole, 4, 4, false}, {hole, 2, 2, true}, {hole, 10, 2, false}, {multi, 55, 51, true}, {multi, 5, 1, true}, {multi, 30, 30, false},
		{pole, 45, 89, true}, {pole, 45, 70, false}, {dateline, 180, 0, true}, {dateline, -175, 5, true}, {dateline, 165, 0, false}, {dateline, 0, 0, false},
		{feature, 0, 0.008, true}, {feature, 0, 0.01, false}, {huge, 0, -89, nil}, {protocol.GeoPoint(0, 0), 0, 0, nil}, {protocol.GeoJSON("{"), 0, 0, nil},
		{protocol.GeoJSON(`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[2,2]]]}`), 0, 0, nil}, {protocol.GeoJSON(`{"type":"LineString","coordinates":[[0,0]]}`), 0, 0, nil},
	}
	for _, c := range cases {
		point := protocol.GeoPoint(c.longitude, c.latitude)
		got := Lookup("ST_WITHIN").Eval(nil, []protocol.Value{point, c.region})
		assert.Equal(t, c.want, got.Any(), "%v in %v", point, c.region)
		assert.Equal(t, got, Lookup("ST_CONTAINS").Eval(nil, []protocol.Value{c.region, point}))
	}
	for _, text := range []string{"", "null", "[]", `{"type":"Feature"}`, `{"type":"Point","coordinates":[181,0]}`, `{"type":"Point","coordinates":[0]}`, `{"type":"AeroCircle","coordinates":[[0,0]]}`} {
		_, ok := parseShape(protocol.GeoJSON(text))
		assert.False(t, ok, text)
	}
}
