package mapper

import (
	"errors"
	"fmt"
	"reflect"
)

// A recordTag has the options of a tag that concern the record and not the form of a value.
type recordTag struct {
	created, updated, deleted bool
	index                     bool
	indexName                 string // "" means a name from set and bin
}

// recordOptions are the options without a value that a recordTag has.
var recordOptions = map[string]func(*recordTag){
	"created": func(r *recordTag) { r.created = true },
	"updated": func(r *recordTag) { r.updated = true },
	"deleted": func(r *recordTag) { r.deleted = true },
	"index":   func(r *recordTag) { r.index = true },
}

// setIndexName is the option index=name.
func setIndexName(t *tag, value string) error {
	t.record.index = true
	return setText(&t.record.indexName, value)
}

// check returns an error for options that can't be combined with others, or that the field's type
// can't have. nested says that the struct is a value in a bin.
func (r recordTag) check(t *tag, typ reflect.Type, nested bool) error {
	times := 0
	for _, is := range []bool{r.created, r.updated, r.deleted} {
		if is {
			times++
		}
	}
	switch {
	case r == recordTag{}:
		return nil
	case nested:
		return errors.New("options created, updated, deleted and index are for bins, and this struct is a value in a bin; use inline, or create the index with SQL")
	case t.key || t.meta != metaNone || t.rest || t.inline:
		return errors.New("options created, updated, deleted and index are for bins")
	case times > 1:
		return errors.New("a field can have only one of the options created, updated and deleted")
	case times == 1 && typ != timeType:
		return fmt.Errorf("options created, updated and deleted need a time.Time, not %s", typ)
	case times == 1 && (t.omit != omitNever || t.form.json || t.form.codec != "" || t.alias != "" || t.required):
		return errors.New("options created, updated and deleted can't be combined with omitempty, omitzero, json, codec, alias or required")
	}
	return nil
}
