package function

import (
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// checkTime returns an error for a text that is not a timestamp.
func checkTime(v protocol.Value) error {
	if v.Kind() != protocol.KindString {
		return nil
	}
	_, err := Coerce(v, Type{Family: Timestamps})
	return err
}

// checkTruncUnit returns an error for a text that is not a unit of DATE_TRUNC.
func checkTruncUnit(v protocol.Value) error {
	name, isText := v.Text()
	if _, ok := timeUnits[unitName(name)]; ok || !isText {
		return nil
	}
	return unknownUnit("DATE_TRUNC", v, "nanosecond, microsecond, millisecond, second, minute, hour, day, week, month, quarter and year")
}

// extractNames are the parts of EXTRACT that are not units.
var extractNames = []string{"DOW", "DAYOFWEEK", "ISODOW", "DOY", "ISOYEAR", "EPOCH"}

// checkExtractPart returns an error for a text that is not a part of EXTRACT.
func checkExtractPart(v protocol.Value) error {
	name, isText := v.Text()
	if !isText || slices.Contains(extractNames, strings.ToUpper(name)) {
		return nil
	}
	if _, ok := partOf(time.Time{}, unitName(name)); ok {
		return nil
	}
	return unknownUnit("EXTRACT", v, "nanosecond, microsecond, millisecond, second, minute, hour, day, week, month, quarter, year, "+
		"dow, isodow, doy, isoyear and epoch")
}

func unknownUnit(function string, v protocol.Value, known string) error {
	return ast.Errorf(ast.ErrArguments, "%s has no unit %s, only %s", function, shown(v), known)
}

// checkShape returns an error for a text that is not GeoJSON.
func checkShape(v protocol.Value) error {
	if v.Kind() != protocol.KindString {
		return nil
	}
	if _, ok := parseShape(v); !ok {
		return ast.Errorf(ast.ErrArguments, "%s is not a GeoJSON point or region", shown(v))
	}
	return nil
}

// checkPoint returns an error for a text that is not a GeoJSON point.
func checkPoint(v protocol.Value) error {
	if v.Kind() != protocol.KindString {
		return nil
	}
	if s, ok := parseShape(v); !ok || !s.isPoint {
		return ast.Errorf(ast.ErrArguments, `%s is not a GeoJSON point such as '{"type": "Point", "coordinates": [1.5, 2]}'`, shown(v))
	}
	return nil
}
