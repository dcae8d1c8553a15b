package devserver

import "github.com/aerosql/aerosql/protocol/wire"

// A queryKind says what a query does with the records that it finds (docs/wire-core.md#7.1).
type queryKind uint8

const (
	basicQuery    queryKind = iota // returns them
	aggregation                    // returns results of a function over them
	backgroundUDF                  // calls a function on each
	backgroundOps                  // writes to each
	queryKinds
)

// Values of FieldUDFOp.
const (
	udfAggregate  = 1
	udfBackground = 2
)

// kindOf returns the kind of a query. It returns false if the fields don't fit any kind.
func kindOf(m *wire.Message) (queryKind, bool) {
	if _, isUDF := m.Field(wire.FieldUDFPackage); !isUDF {
		if m.Info2&wire.Info2Write != 0 {
			return backgroundOps, true
		}
		return basicQuery, true
	}
	op, _ := m.Field(wire.FieldUDFOp)
	if len(op) != 1 {
		return 0, false
	}
	switch op[0] {
	case udfAggregate:
		return aggregation, true
	case udfBackground:
		return backgroundUDF, true
	}
	return 0, false
}

// String returns the kind's name in query-show.
func (k queryKind) String() string {
	return [...]string{"basic", "aggregation", "background-udf", "background-ops"}[k]
}

// statistic returns the kind's part of statistic names.
func (k queryKind) statistic(short bool) string {
	if short {
		return "short_basic"
	}
	return [...]string{"long_basic", "aggr", "udf_bg", "ops_bg"}[k]
}
