// Small helps for pages that also work without any script.
import "./site.css";
import { keepWhatCannotBeSent } from "./keeping";

function offerCopying(button: HTMLButtonElement): void {
  const field = document.getElementById(button.dataset["copy"] ?? "");
  const status = button.parentElement?.querySelector('[role="status"]');
  if (!(field instanceof HTMLInputElement) || !status) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      return; // not allowed here: the address is selected, to be copied by hand
    }
    status.textContent = button.dataset["done"] ?? "";
  });
}

document.querySelectorAll<HTMLButtonElement>("button[data-copy]").forEach(offerCopying);

document.querySelectorAll<HTMLButtonElement>("button[data-share]").forEach((button) => {
  if (!("share" in navigator)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const page = { title: document.title, url: window.location.href };
    navigator.share(page).catch(() => undefined); // closed without sharing
  });
});

document.querySelectorAll<HTMLButtonElement>("button[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// "Near me": the place is asked for only when the button is pressed, rounded, and never kept.
document.querySelectorAll<HTMLButtonElement>("button[data-near]").forEach((button) => {
  if (!("geolocation" in navigator)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const query = new URLSearchParams(window.location.search);
      query.set("near", `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`);
      query.delete("region");
      window.location.search = query.toString();
    });
  });
});

// A drawing as PNG, twice as fine, made here with the reader's own fonts.
function offerPicture(button: HTMLButtonElement): void {
  const image = document.getElementById(button.dataset["picture"] ?? "");
  if (!(image instanceof HTMLImageElement)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      if (!blob) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = button.dataset["name"] ?? "picture.png";
      link.click();
      URL.revokeObjectURL(link.href);
    }, "image/png");
  });
}

document.querySelectorAll<HTMLButtonElement>("button[data-picture]").forEach(offerPicture);

keepWhatCannotBeSent();
