package main

// The tests that fail on a real Community server 8.1.2 too, with the reasons.
var (
	pythonKnown = map[string]string{}
	javaKnown   = map[string]string{}
	rustKnown   = map[string]string{
		"src::examples::example_expression_operations": "it uses expressions on strings, which the server does not have",
	}
)
