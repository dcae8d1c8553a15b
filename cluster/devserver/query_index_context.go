package devserver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// Steps of a context path.
const (
	stepIndex, stepRank, stepKey, stepValue = 0, 1, 2, 3

	stepBase  = 0x0f
	stepList  = 0x10
	stepMap   = 0x20
	stepKinds = stepBase | stepList | stepMap
)

var errContext = errors.New("'context' invalid cdt context")

// checkContext validates the context path of an index: pairs of a step kind and its value, in their
// shortest encoding (docs/wire-cdt-exp.md#9.2).
func checkContext(data []byte) error {
	v, err := protocol.ParseMsgpack(data)
	steps, ok := v.List()
	if err != nil || !ok || len(steps) == 0 || len(steps)%2 != 0 {
		return errContext
	}
	for i := 0; i < len(steps); i += 2 {
		if kind, ok := steps[i].Int(); !ok || !isContextStep(kind, steps[i+1]) {
			return errContext
		}
	}
	packed, err := protocol.AppendMsgpack(nil, v)
	if err != nil || string(packed) != string(data) {
		return errors.New("'context' not normalized msgpack")
	}
	return nil
}

func isContextStep(kind int64, value protocol.Value) bool {
	if kind&^stepKinds != 0 || kind&stepList != 0 && kind&stepMap != 0 {
		return false
	}
	switch kind & stepBase {
	case stepIndex, stepRank:
		return value.Kind() == protocol.KindInt
	case stepKey:
		return kind&stepList == 0 && value.CanBeMapKey()
	case stepValue:
		return true
	}
	return false
}

// showContext returns a context path in the readable form of sindex-list.
func showContext(packed string) string {
	v, _ := protocol.ParseMsgpack([]byte(packed))
	steps, _ := v.List()
	var parts []string
	for i := 0; i+1 < len(steps); i += 2 {
		kind, _ := steps[i].Int()
		parts = append(parts, stepName(kind)+"("+showStepValue(steps[i+1])+")")
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func stepName(kind int64) string {
	name := [...]string{stepIndex: "index", stepRank: "rank", stepKey: "key", stepValue: "value"}[kind&stepValue]
	switch {
	case kind&stepList != 0:
		return "list_" + name
	case kind&stepMap != 0:
		return "map_" + name
	}
	return name
}

// showStepValue returns scalars in readable form, and the type and length of other values.
func showStepValue(v protocol.Value) string {
	switch v.Kind() {
	case protocol.KindNil:
		return "nil"
	case protocol.KindInt:
		n, _ := v.Int()
		return strconv.FormatInt(n, 10)
	case protocol.KindFloat:
		f, _ := v.Float()
		return fmt.Sprintf("%f", f)
	case protocol.KindBool:
		b, _ := v.Bool()
		return strconv.FormatBool(b)
	}
	return fmt.Sprintf("<%s#%d>", kindWord(v.Kind()), v.Len())
}

func kindWord(k protocol.Kind) string {
	switch k {
	case protocol.KindString:
		return "string"
	case protocol.KindGeoJSON:
		return "geojson"
	case protocol.KindList:
		return "list"
	case protocol.KindMap:
		return "map"
	}
	return "blob"
}
