package mapper

import (
	"fmt"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/protocol/exp"
)

// An audit has the fields that the mapper sets to the time of a write, nil for those that the type
// doesn't have.
type audit struct {
	created, updated, deleted *field
	// visible is the packed filter expression for records that are not deleted.
	visible []byte
}

// compileAudit finds the fields tagged created, updated and deleted.
func compileAudit(p *plan, found *collector) *audit {
	a := new(audit)
	for i := range p.fields {
		f := &p.fields[i]
		for _, slot := range []struct {
			is   bool
			name string
			at   **field
		}{{f.tag.record.created, "created", &a.created}, {f.tag.record.updated, "updated", &a.updated}, {f.tag.record.deleted, "deleted", &a.deleted}} {
			switch {
			case !slot.is:
			case *slot.at != nil:
				found.addProblem(f.path, fmt.Errorf("field %s also has the option %s", (*slot.at).path, slot.name))
			default:
				*slot.at = f
			}
		}
	}
	if a.deleted != nil {
		a.visible = exp.Filter(exp.Not(exp.BinExists(a.deleted.bin)))
	}
	if a.created == nil && a.updated == nil && a.deleted == nil {
		return nil
	}
	return a
}

// timeOf returns the time that a field of the object at base holds.
func (p *plan) timeOf(f *field, base unsafe.Pointer) time.Time {
	at, exists := f.address(placeOf(p.typ, base))
	if !exists {
		return time.Time{}
	}
	return *variable[time.Time](at)
}

func (p *plan) setTime(f *field, base unsafe.Pointer, t time.Time) {
	*variable[time.Time](f.allocate(placeOf(p.typ, base))) = t
}
