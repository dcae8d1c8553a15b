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
	AppendBins(w BinWriter) error
	DecodeBins(r BinReader) error
}

var generatedType = reflect.TypeFor[generated]()

// methodsFor returns the generated methods of a type, with an object of the type, and the number of
// bins that they write without the plan. They are nil if they can't be used for a plan with these
// bins: if the options of the plan's Repo store a bin in another form. Methods for other bins are
// an error: the struct was changed after they were written.
func methodsFor(t reflect.Type, steps []step) (_ generated, direct int, err error) {
	if !reflect.PointerTo(t).Implements(generatedType) {
		return nil, 0, nil
	}
	methods := reflect.New(t).Interface().(generated)
	name, list, _ := strings.Cut(methods.BinForms(), " ")
	if name != t.Name() {
		return nil, 0, nil // the methods of an embedded struct
	}
	bins := strings.Fields(list)
	if len(bins) != len(steps) {
		return nil, 0, outOfDate(t, fmt.Sprintf("it has %d bins, and the struct has %d", len(bins), len(steps)))
	}
	same := true
	for i := range bins {
		at := strings.LastIndexByte(bins[i], ':')
		bin, form := bins[i][:max(at, 0)], bins[i][at+1:]
		if bin != steps[i].bin {
			return nil, 0, outOfDate(t, fmt.Sprintf("its bin %d is %q, and the struct's is %q", i+1, bin, steps[i].bin))
		}
		if form == "field" {
			continue
		}
		same = same && form == steps[i].methodForm()
		direct++
	}
	if !same {
		return nil, 0, nil
	}
	return methods, direct, nil
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
