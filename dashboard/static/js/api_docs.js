/* Shows the API's description with Swagger UI. Requests go with the browser's own sign-in. */
(() => {
  const place = document.getElementById("api-docs");
  SwaggerUIBundle({
    url: place.dataset.description,
    domNode: place,
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    tagsSorter: "alpha",
    validatorUrl: null,
  });
  const root = document.documentElement;
  const follow = () => root.classList.toggle("dark-mode", root.dataset.bsTheme === "dark");
  new MutationObserver(follow).observe(root, { attributeFilter: ["data-bs-theme"] });
  follow();
})();
