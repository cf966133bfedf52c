// The person before Firefox, who answers what it asks as soon as it does. While it asks for a PIN
// in a handshake, its network stands still, its remote control with it: nobody far away could.
let [certificate, pins] = arguments;
if (!window.person) {
  let person = (window.person = {});
  Services.obs.addObserver(dialog => {
    let { args, ui } = dialog.Dialog;
    person.asked.push(args.text);
    if (args.promptType == "promptPassword" && person.pins.length) {
      ui.password1Textbox.value = person.pins.shift();
      ui.button0.click();
    } else {
      (args.promptType == "alert" ? ui.button0 : ui.button1).click();
    }
  }, "common-dialog-loaded");
  Services.obs.addObserver(dialog => {
    let document = dialog.ownerDocument;
    let names = document.getElementById("nicknames");
    let offered = [...names.querySelectorAll("menuitem")];
    person.asked.push(offered.map(item => item.label.replace(/ \[.*/, "")).sort().join(", "));
    names.selectedItem = offered.find(item => item.label.startsWith(person.certificate + " ["));
    document.getElementById("rememberSetting").value = Ci.nsIClientAuthRememberService.Once;
    document.querySelector("dialog").acceptDialog();
  }, "cert-dialog-loaded");
}
Object.assign(window.person, { certificate, pins, asked: [] });
