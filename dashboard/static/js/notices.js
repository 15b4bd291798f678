/* The page's own choice for this browser is the bell's: what reads it is fetched at once. */
import(document.querySelector("[data-news]").dataset.news);
