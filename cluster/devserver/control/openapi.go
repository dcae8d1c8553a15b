package control

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// Document returns the OpenAPI 3.0 document of all routes. It is generated from the table that
// serves them.
func Document() []byte {
	paths := make(map[string]map[string]any)
	for _, r := range routes() {
		if paths[r.path] == nil {
			paths[r.path] = make(map[string]any)
		}
		paths[r.path][strings.ToLower(r.method)] = r.operation()
	}
	document, err := json.MarshalIndent(map[string]any{
		"openapi": "3.0.3",
		"info":    map[string]any{"title": "aerosql devserver control", "version": "1", "description": "Controls a development server for Aerospike."},
		"paths":   paths,
		"components": map[string]any{
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}},
		},
	}, "", "  ")
	if err != nil {
		panic(err) // the document has only maps, strings and numbers
	}
	return document
}

var pathVariable = regexp.MustCompile(`\{(\w+)\}`)

// operation returns the OpenAPI object of a route.
func (r *route) operation() map[string]any {
	var parameters []any
	for _, m := range pathVariable.FindAllStringSubmatch(r.path, -1) {
		parameters = append(parameters, parameter("path", m[1], "", true))
	}
	for _, p := range append(r.parameters, "fork:id of the fork that the request is about") {
		name, description, _ := strings.Cut(p, ":")
		parameters = append(parameters, parameter("query", name, description, false))
	}
	success := map[string]any{"description": "success"}
	switch {
	case r.out != nil:
		success["content"] = content("application/json", schemaOf(r.out))
	case r.stream != "":
		success["content"] = content(r.stream, map[string]any{"type": "string"})
	}
	operation := map[string]any{
		"summary":     r.summary,
		"operationId": r.operationID(),
		"parameters":  parameters,
		"responses": map[string]any{
			"200":     success,
			"default": map[string]any{"description": "an error", "content": content("application/json", schemaOf(typeOf[failure]()))},
		},
	}
	switch {
	case r.in != nil && r.in.NumField() > 0:
		operation["requestBody"] = map[string]any{"content": content("application/json", schemaOf(r.in))}
	case r.stream != "" && r.out != nil:
		operation["requestBody"] = map[string]any{"content": content(r.stream, map[string]any{"type": "string"})}
	}
	return operation
}

// operationID returns a name such as postNodesKill.
func (r *route) operationID() string {
	id := strings.ToLower(r.method)
	for part := range strings.SplitSeq(strings.TrimPrefix(r.path, "/v1/"), "/") {
		part = strings.Trim(part, "{}")
		id += strings.ToUpper(part[:1]) + part[1:]
	}
	return id
}

func parameter(in, name, description string, required bool) map[string]any {
	p := map[string]any{"in": in, "name": name, "required": required, "schema": map[string]any{"type": "string"}}
	if description != "" {
		p["description"] = description
	}
	return p
}

func content(media string, schema any) map[string]any {
	return map[string]any{media: map[string]any{"schema": schema}}
}

// schemaOf returns the schema of a Go type.
func schemaOf(t reflect.Type) map[string]any {
	switch t {
	case typeOf[json.RawMessage]():
		return map[string]any{}
	case typeOf[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Struct:
		return schemaOfStruct(t)
	}
	return map[string]any{"type": "integer"}
}

func schemaOfStruct(t reflect.Type) map[string]any {
	properties := make(map[string]any)
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		schema := schemaOf(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			schema["description"] = doc
		}
		properties[name] = schema
	}
	return map[string]any{"type": "object", "properties": properties}
}
