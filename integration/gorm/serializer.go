package aerogorm

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"gorm.io/gorm/schema"

	"github.com/aerosql/aerosql/driver"
)

// SerializerName is the name of the serializer that stores a field as a list or a map of the
// server:
//
//	Tags  []string       `gorm:"serializer:aerospike"`
//	Attrs map[string]int `gorm:"serializer:aerospike"`
//
// Structs become maps as encoding/json writes them. A nil slice or map is NULL. Conditions such as
// "tags CONTAINS ?" and indexes see the elements.
const SerializerName = "aerospike"

func init() { schema.RegisterSerializer(SerializerName, serializer{}) }

type serializer struct{}

var _ schema.SerializerInterface = serializer{}

// Scan implements schema.SerializerInterface.
func (serializer) Scan(ctx context.Context, field *schema.Field, dst reflect.Value, stored any) error {
	value := reflect.New(field.FieldType)
	var native driver.Document[any]
	if err := native.Scan(stored); err != nil {
		return fmt.Errorf("%s: %w", field.Name, err)
	}
	switch v := reflect.ValueOf(native.V); {
	case !native.Valid:
	case v.IsValid() && v.Type().AssignableTo(field.FieldType):
		value.Elem().Set(v)
	default:
		var text driver.JSON
		if err := text.Scan(stored); err != nil {
			return fmt.Errorf("%s: %w", field.Name, err)
		}
		if err := json.Unmarshal(text, value.Interface()); err != nil {
			return fmt.Errorf("%s: %w", field.Name, err)
		}
	}
	field.ReflectValueOf(ctx, dst).Set(value.Elem())
	return nil
}

// Value implements schema.SerializerInterface.
func (serializer) Value(_ context.Context, _ *schema.Field, _ reflect.Value, value any) (any, error) {
	if v := reflect.ValueOf(value); !v.IsValid() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map || v.Kind() == reflect.Pointer) && v.IsNil() {
		return nil, nil
	}
	return driver.Document[any]{V: value, Valid: true}.Value()
}

// collectionType returns the type of a column for a Go type.
func collectionType(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Map || t.Kind() == reflect.Struct:
		return "MAP"
	case (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && t.Elem().Kind() != reflect.Uint8:
		return "LIST"
	}
	return "JSON"
}
