// In a file of its own because the Content-Security-Policy allows no script inside a page.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null, // the default asks a public server
});
