package plan

import (
	"encoding/json"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// mapKeyKinds are the kinds that keys of maps can have.
const mapKeyKinds = function.Integer | function.String | function.Blob

// call returns the facts of a function that an index can serve.
func (a *analyzer) call(e *bind.Call, truth bool) (facts, bool) {
	if e.Function == nil || !truth || len(e.Args) < 2 {
		return facts{}, false
	}
	x, y := e.Args[0], e.Args[1]
	switch e.Function.Name {
	case "CONTAINS", "LIST_CONTAINS":
		return a.contains(e, x, y, protocol.IndexList, function.Any, truth), true
	case "MAP_HAS_KEY":
		return a.contains(e, x, y, protocol.IndexMapKeys, mapKeyKinds, truth), true
	case "MAP_HAS_VALUE":
		return a.contains(e, x, y, protocol.IndexMapValues, function.Any, truth), true
	case "ST_WITHIN":
		return a.geo(e, x, y, 0), true
	case "ST_CONTAINS":
		return a.geo(e, x, y, 0), true
	case "ST_DWITHIN":
		if len(e.Args) != 3 {
			return facts{}, false
		}
		v, ok := a.fixed(e.Args[2])
		radius, isNumber := number(v)
		if !ok || !isNumber || !(radius >= 0) {
			return facts{}, false
		}
		return a.geo(e, x, y, radius), true
	}
	return facts{}, false
}

// geo returns the fact that a bin is in a region, or is a region around a point. With a radius the
// region is the circle around the point, somewhat enlarged: the condition decides at its edge.
func (a *analyzer) geo(e *bind.Call, x, y bind.Expr, radius float64) facts {
	v, ok := a.fixed(y)
	if !ok {
		return facts{}
	}
	t, ok := a.termOf(x)
	if !ok || t.expr != nil {
		return facts{}
	}
	shape, ok := shapeOf(v)
	if !ok {
		return facts{}
	}
	if e.Function.Name == "ST_DWITHIN" {
		var at []float64
		if shape.Type != "Point" || json.Unmarshal(shape.Coordinates, &at) != nil || len(at) != 2 {
			return facts{}
		}
		v = protocol.GeoCircle(at[0], at[1], radius*1.01+1)
	} else {
		if (shape.Type == "Point") != (e.Function.Name == "ST_CONTAINS") {
			return facts{}
		}
		text, _ := v.Text()
		v = protocol.GeoJSON(text)
	}
	if v.Err() != nil {
		return facts{}
	}
	return facts{all: []fact{{term: t, geo: v, from: []bind.Expr{e}}}}
}

// A geoShape is what is needed of a GeoJSON text.
type geoShape struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

func shapeOf(v protocol.Value) (geoShape, bool) {
	var s geoShape
	text, ok := v.Text()
	if !ok || v.Kind() != protocol.KindGeoJSON && v.Kind() != protocol.KindString {
		return s, false
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, false
	}
	switch s.Type {
	case "Point", "Polygon", "MultiPolygon", "AeroCircle":
		return s, len(s.Coordinates) > 0
	}
	return s, false
}

// number returns a number as a float.
func number(v protocol.Value) (float64, bool) {
	if f, ok := v.Float(); ok {
		return f, true
	}
	n, ok := v.Int()
	return float64(n), ok
}
