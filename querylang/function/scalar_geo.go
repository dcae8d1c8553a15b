package function

import "github.com/aerosql/aerosql/protocol"

const groupGeo = "Geography"

var (
	pointParam  = Parameter{Name: "point", Kinds: Geo | String, Check: checkPoint}
	regionParam = Parameter{Name: "region", Kinds: Geo | String, Check: checkShape}
	truthResult = fixed(Booleans, Bool|Null)
)

// The servers compare the center of a cell of about a centimeter, where a point is stored, with
// regions, and these functions the point itself. So no condition is left to the servers.
var geoFunctions = []*Function{
	{Name: "ST_WITHIN", Group: groupGeo, Strict: true, Params: []Parameter{pointParam, regionParam}, Result: truthResult,
		Eval:    func(_ *Context, args []protocol.Value) protocol.Value { return within(args[0], args[1]) },
		Doc:     "Whether a GeoJSON point is in a region: a Polygon, a MultiPolygon or an AeroCircle. NULL for a polygon larger than half of the earth.",
		Example: `ST_WITHIN('{"type": "Point", "coordinates": [1, 1]}', '{"type": "AeroCircle", "coordinates": [[1, 1.001], 200]}')`, ExampleResult: "TRUE"},
	{Name: "ST_CONTAINS", Group: groupGeo, Strict: true, Params: []Parameter{regionParam, pointParam}, Result: truthResult,
		Eval:    func(_ *Context, args []protocol.Value) protocol.Value { return within(args[1], args[0]) },
		Doc:     "ST_WITHIN with the region first.",
		Example: `ST_CONTAINS('{"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 0]]]}', '{"type": "Point", "coordinates": [1, 0.5]}')`, ExampleResult: "TRUE"},
	{Name: "ST_DISTANCE", Group: groupGeo, Strict: true, Params: []Parameter{pointParam, {Name: "other", Kinds: Geo | String, Check: checkPoint}}, Result: floatResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			d, ok := distanceOf(args[0], args[1])
			if !ok {
				return protocol.Nil()
			}
			return protocol.Float(d)
		},
		Doc:     "The distance of two GeoJSON points in meters, on a sphere with the radius 6,371 km.",
		Example: `ROUND(ST_DISTANCE('{"type": "Point", "coordinates": [0, 0]}', '{"type": "Point", "coordinates": [0, 1]}'))`, ExampleResult: "111195.0"},
	{Name: "ST_DWITHIN", Group: groupGeo, Strict: true, Params: []Parameter{pointParam, {Name: "other", Kinds: Geo | String, Check: checkPoint}, {Name: "meters", Kinds: Number}}, Result: truthResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			d, ok := distanceOf(args[0], args[1])
			if !ok || isNaN(args[2]) {
				return protocol.Nil()
			}
			return protocol.Bool(d <= asFloat(args[2]))
		},
		Doc:     "Whether the distance of two GeoJSON points is at most a number of meters.",
		Example: `ST_DWITHIN('{"type": "Point", "coordinates": [0, 0]}', '{"type": "Point", "coordinates": [0, 1]}', 120000)`, ExampleResult: "TRUE"},
}

func within(point, region protocol.Value) protocol.Value {
	p, isPoint := parseShape(point)
	r, isRegion := parseShape(region)
	if !isPoint || !isRegion || !p.isPoint {
		return protocol.Nil()
	}
	inside, ok := r.contains(p.point)
	if !ok {
		return protocol.Nil()
	}
	return protocol.Bool(inside)
}

func distanceOf(x, y protocol.Value) (float64, bool) {
	p, isPoint := parseShape(x)
	q, isOther := parseShape(y)
	if !isPoint || !isOther || !p.isPoint || !q.isPoint {
		return 0, false
	}
	return p.point.distance(q.point), true
}
