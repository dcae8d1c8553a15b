package mapper

import (
	"fmt"
	"reflect"
	"strings"
)

// generated has the methods that aerosql gen writes for a struct. They write and read the same bins
// as the mapper does without them, in less time.
type generated interface {
	// BinForms returns the name of the type, and for each bin its name and how AppendBins writes
	// it.
	BinForms() string
	AppendBins(w *BinWriter)
	DecodeBins(r *BinReader)
}

var generatedType = reflect.TypeFor[generated]()

// methodsFor reports whether the generated methods of a type can be used for a plan with these
// bins. If the options of the plan's Repo store a bin in another form they can't. Methods for other
// bins are an error: the struct was changed after they were written.
func methodsFor(t reflect.Type, steps []step) (bool, error) {
	if !reflect.PointerTo(t).Implements(generatedType) {
		return false, nil
	}
	name, list, _ := strings.Cut(reflect.New(t).Interface().(generated).BinForms(), " ")
	if name != t.Name() {
		return false, nil // the methods of an embedded struct
	}
	bins := strings.Fields(list)
	if len(bins) != len(steps) {
		return false, outOfDate(t, fmt.Sprintf("it has %d bins, and the struct has %d", len(bins), len(steps)))
	}
	same := true
	for i := range bins {
		at := strings.LastIndexByte(bins[i], ':')
		bin, form := bins[i][:max(at, 0)], bins[i][at+1:]
		if bin != steps[i].bin {
			return false, outOfDate(t, fmt.Sprintf("its bin %d is %q, and the struct's is %q", i+1, bin, steps[i].bin))
		}
		same = same && (form == "field" || form == steps[i].methodForm())
	}
	return same, nil
}

func outOfDate(t reflect.Type, difference string) error {
	return fmt.Errorf("mapper: the generated method AppendBins of %s is out of date: %s; run aerosql gen", typeName(t), difference)
}

// methodForm returns the name of the form in BinForms, or "field" if only the plan writes it.
func (s *step) methodForm() string {
	if !s.direct {
		return "field"
	}
	switch s.form {
	case formInt, formInt64, formInt32, formInt16, formInt8:
		return "int"
	case formUint, formUint64, formUint32, formUint16, formUint8:
		return "uint"
	case formFloat64, formFloat32:
		return "float"
	case formBool, formBoolInt:
		return "bool"
	case formString:
		return "string"
	case formBytes:
		return "bytes"
	case formByteArray:
		return "array"
	}
	return "field"
}

// writeMethods writes the bins of the object at w.base with the generated methods. It returns false
// if the plan must do it, because a value is NULL or may be an error.
func writeMethods(t reflect.Type, w *BinWriter) (done bool, err error) {
	interfaceAt[generated](t, w.base).AppendBins(w)
	if w.refused {
		w.reset(w.nulls)
		return false, nil
	}
	return true, w.err
}
